package balancer_test

import (
	"testing"
	"time"

	"ms2.internal/lb/balancer"
)

func TestASmallDifferenceCountsWhenItRestsOnManyAnswers(t *testing.T) {
	for _, c := range []struct {
		pause       time.Duration
		least, most float64 // share of the slower
	}{{time.Second, 0.47, 0.53}, {25 * time.Millisecond, 0.25, 0.42}} {
		inBubble(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
			d.answer["A"] = always(17*time.Millisecond, succeed)
			d.answer["B"] = always(10*time.Millisecond, succeed)
			d.paced(4000, c.pause)
			if share := float64(d.picks["A"]) / 4000; share < c.least || share > c.most {
				t.Errorf("one request in %v: A, 1.7 times as slow, got %.3f of them, want %v to %v", c.pause, share, c.least, c.most)
			}
		})
	}
}
