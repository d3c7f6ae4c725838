package balancer_test

import (
	"math"
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

func TestAReportedUtilisationIsShownAndChangesNoShare(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		d.answer["A"] = always(10*time.Millisecond, balancer.Outcome{Result: balancer.Success, Load: 0.8})
		d.answer["B"] = always(10*time.Millisecond, balancer.Outcome{Result: balancer.Success, Load: 0.3})
		d.paced(4000, 20*time.Millisecond)
		wantShares(t, d.picks, []int{1, 1}, 5)
		for _, implausible := range []float64{math.Inf(1), math.NaN(), -1, 1e39, 0} {
			d.leaseOf("A").Done(balancer.Outcome{Result: balancer.Success, Load: implausible})
			if got := d.stats("A").Load; got != 0.8 {
				t.Errorf("after a report of %v the utilisation is shown as %v, want 0.8 still", implausible, got)
			}
		}
	})
}

func TestAnOutcomeThatIsOvertakenFindsNoTimePassed(t *testing.T) {
	for _, c := range []struct{ told, now, want time.Duration }{
		{time.Second, 3 * time.Second, 2 * time.Second},
		{time.Second, time.Second - time.Microsecond, 0},
		{1<<32*time.Millisecond - 1, 1<<32*time.Millisecond + 4*time.Millisecond, 5 * time.Millisecond},
		{time.Second, 30 * 365 * 24 * time.Hour, 30*365*24*time.Hour - time.Second},
	} {
		if got := balancer.Since(c.told, c.now); got != c.want {
			t.Errorf("from %v to %v: %v, want %v", c.told, c.now, got, c.want)
		}
	}
}
