package balancer_test

import (
	"errors"
	"testing"
	"time"

	"ms2.internal/lb/balancer"
)

func TestARefusalForLoadThatSaysNoTimeMeansAShortRest(t *testing.T) {
	for _, rest := range []time.Duration{0, -1, -1 << 63} {
		inBubble(t, balancer.Options{}, []int{1}, func(d *driver) {
			d.lease().Done(shed(rest))
			d.wantState("A", balancer.Resting)
			_, err := d.b.Pick(1)
			var resting *balancer.RestingError
			if !errors.As(err, &resting) || resting.Wait != 100*time.Millisecond {
				t.Errorf("got %v, want a RestingError of 100ms", err)
			}
			sleep(100 * time.Millisecond)
			d.lease().Done(succeed)
			d.wantState("A", balancer.Ready)
		})
	}
}

// rests returns for how long A is left alone, while B answers.
func (d *driver) rests() time.Duration {
	d.leaseOf("A").Done(shed(0))
	began := time.Now()
	for d.stats("A").State == balancer.Resting {
		sleep(10 * time.Millisecond)
	}
	return time.Since(began)
}

func TestOurOwnRestDoublesWhileItGoesOnAndEndsWithAnAnswer(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		for _, want := range []time.Duration{100, 200, 400, 800, 1600, 3200, 5000, 5000} {
			if got := d.rests(); got != want*time.Millisecond {
				t.Errorf("it rested for %v, want %v ms", got, want)
			}
		}
		d.outcomes("A", 1, succeed)
		if got := d.rests(); got != 100*time.Millisecond {
			t.Errorf("it rested for %v after an answer, want 100ms", got)
		}
	})
}

func TestAnIdleLastChoiceIsNoReasonToRestLonger(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 0}, func(d *driver) {
		for range 4 {
			if got := d.rests(); got != 100*time.Millisecond {
				t.Errorf("it rested for %v, want 100ms", got)
			}
		}
	})
}

func TestRefusalsForLoadAtOnceCountAsOne(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		var leases []balancer.Lease
		for range 20 {
			leases = append(leases, d.leaseOf("A"))
		}
		for _, l := range leases {
			l.Done(shed(0))
		}
		sleep(100 * time.Millisecond)
		d.wantState("A", balancer.Ready)
	})
}

func TestTheLaterPartOfOurOwnRestYieldsWhenNothingElseIsLeft(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		for range 3 {
			d.rests()
		}
		d.leaseOf("A").Done(shed(0)) // for 800 ms
		sleep(100 * time.Millisecond)
		for range 100 {
			if l := d.lease(); l.Instance().ID != "B" {
				t.Fatal("A was picked while B is left")
			}
		}
		d.wantState("A", balancer.Resting)
		d.lease("B").Done(succeed)
		d.wantState("A", balancer.Ready)
	})
}

func TestARestThatWasAskedForYieldsToNothing(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		d.leaseOf("A").Done(shed(time.Second))
		sleep(999 * time.Millisecond)
		if l := d.lease("B"); l.Instance().ID != "B" {
			t.Error("A was picked while it rests")
		}
	})
}

func TestWhenAllRestThePickTellsTheHardPart(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		for range 3 {
			d.rests()
		}
		d.leaseOf("A").Done(shed(0)) // for 800 ms, of which 100 are hard
		d.lease().Done(shed(time.Second))
		_, err := d.b.Pick(1)
		var resting *balancer.RestingError
		if !errors.As(err, &resting) || resting.Wait != 100*time.Millisecond {
			t.Errorf("got %v, want a RestingError of 100ms", err)
		}
	})
}
