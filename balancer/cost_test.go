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

func TestOfTwoThatReportTheFullerIsPickedLess(t *testing.T) {
	full, idle := balancer.Outcome{Result: balancer.Success, Load: 0.8}, balancer.Outcome{Result: balancer.Success, Load: 0.3}
	for _, c := range []struct {
		name        string
		a, b        balancer.Outcome
		pause       time.Duration
		least, most float64 // share of A
	}{
		{"both report", full, idle, 20 * time.Millisecond, 0, 0.1},
		{"both report the same", full, full, 20 * time.Millisecond, 0.47, 0.53},
		{"the fuller alone reports", full, succeed, 20 * time.Millisecond, 0.47, 0.53},
		{"the idler alone reports", succeed, idle, 20 * time.Millisecond, 0.47, 0.53},
		{"both reported long ago", full, idle, 10 * time.Second, 0.47, 0.53},
	} {
		inBubble(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
			d.answer["A"] = always(10*time.Millisecond, c.a)
			d.answer["B"] = always(10*time.Millisecond, c.b)
			d.paced(4000, c.pause)
			if share := float64(d.picks["A"]) / 4000; share < c.least || share > c.most {
				t.Errorf("%s: A got %.3f of the requests, want %v to %v", c.name, share, c.least, c.most)
			}
		})
	}
}

func TestAnOutcomeThatIsOvertakenFindsNoTimePassed(t *testing.T) {
	for _, c := range []struct{ told, now, want time.Duration }{
		{time.Second, 3 * time.Second, 2 * time.Second},
		{time.Second, time.Second - time.Microsecond, 0},
		{1<<32*time.Millisecond - 1, 1<<32*time.Millisecond + 4*time.Millisecond, 5 * time.Millisecond},
	} {
		if got := balancer.Since(c.told, c.now); got != c.want {
			t.Errorf("from %v to %v: %v, want %v", c.told, c.now, got, c.want)
		}
	}
}
