package balancer_test

import (
	"testing"
	"time"

	"ms2.internal/lb/balancer"
)

func TestAnswersThatAreReadSlowlyAreNoWorkInFlightAndTellTheTimeTheyBeganIn(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		d.callers(100, 4)
		var open []balancer.Heard
		for range 50 {
			l := d.leaseOf("A")
			sleep(time.Millisecond)
			open = append(open, l.Heard())
		}
		before := d.stats("A")
		sleep(time.Minute)
		shares := d.during(func() { d.callers(1000, 4) })
		if shares["A"] < 400 || shares["A"] > 600 {
			t.Errorf("got %v", shares)
		}
		for _, h := range open {
			h.Done(succeed)
		}
		after := d.stats("A")
		if after.InFlight != 0 || after.Latency > 20*time.Millisecond || after.Successes < before.Successes+50 {
			t.Errorf("%+v became %+v", before, after)
		}
	})
}

func TestAnAnswerThatBreaksOffIsAFailure(t *testing.T) {
	inBubble(t, balancer.Options{Failures: 2}, []int{1}, func(d *driver) {
		for range 2 {
			h := d.lease().Heard()
			sleep(time.Second)
			h.Done(fail)
		}
		d.wantState("A", balancer.Broken)
	})
}

func TestAnAnswerFromBeforeAReplicasReturnIsNotHeldAgainstIt(t *testing.T) {
	inBubble(t, balancer.Options{Failures: 1}, []int{1}, func(d *driver) {
		old := d.lease().Heard()
		d.lease().Done(fail)
		sleep(2*time.Second + 1)
		d.lease().Done(succeed)
		old.Done(fail)
		if s := d.stats("A"); s.Failures != 1 || s.Ignored != 1 || s.Breaker != "closed" || s.InFlight != 0 {
			t.Errorf("%+v", s)
		}
	})
}

func TestTheZeroHeardIsHarmless(t *testing.T) {
	balancer.Lease{}.Heard().Done(fail)
}
