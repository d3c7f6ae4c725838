package balancer_test

import (
	"errors"
	"testing"
	"time"

	"ms2.internal/lb/balancer"
)

var leaving = balancer.Outcome{Result: balancer.Success, Draining: true}

// drained gives a driver whose replica A said a moment ago that it is leaving.
func drained(t *testing.T, o balancer.Options, weights []int, test func(d *driver)) {
	t.Helper()
	inBubble(t, o, weights, func(d *driver) {
		d.leaseOf("A").Done(leaving)
		d.wantState("A", balancer.Draining)
		test(d)
	})
}

func TestALeavingReplicaIsPickedOnlyWhenNothingElseIsLeft(t *testing.T) {
	drained(t, balancer.Options{Failures: 1}, []int{1, 1}, func(d *driver) {
		for range 100 {
			if got := d.ask(); got != "B" {
				t.Fatalf("picked %q, want B", got)
			}
		}
		if got := d.ask("B"); got != "A" {
			t.Errorf("picked %q for a request that B failed, want A", got)
		}
		d.landAll()
		d.leaseOf("B").Done(fail)
		if got := d.ask(); got != "A" {
			t.Errorf("picked %q with B broken, want A", got)
		}
		d.wantNoErrors()
	})
}

func TestALeavingReplicaIsProbedOnceAfterThirtySeconds(t *testing.T) {
	drained(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		d.answer["A"] = always(time.Millisecond, leaving)
		if d.paced(2999, 10*time.Millisecond); d.picks["A"] != 0 {
			t.Fatalf("A got %d picks within 30 s, want none", d.picks["A"])
		}
		if d.paced(2998, 10*time.Millisecond); d.picks["A"] != 1 {
			t.Fatalf("A got %d picks within a minute, want one", d.picks["A"])
		}
		d.answer["A"] = always(time.Millisecond, succeed)
		d.paced(10, 10*time.Millisecond)
		if d.picks["A"] < 2 {
			t.Fatal("A was not probed a second time")
		}
		d.wantState("A", balancer.Ready)
	})
}

func TestOnlyTheProbeEndsTheLeaving(t *testing.T) {
	drained(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		d.lease("B").Done(succeed) // asked as the last choice
		d.wantState("A", balancer.Draining)
		sleep(30 * time.Second)
		early := d.lease("B")
		early.Done(balancer.Outcome{Result: balancer.Failure})
		d.wantState("A", balancer.Draining)
		sleep(29 * time.Second)
		d.lease("B").Done(succeed) // the failed probe was the last for 30 s: this is none
		d.wantState("A", balancer.Draining)
		sleep(time.Second)
		probe := d.lease()
		if probe.Instance().ID != "A" || probe.Probe() {
			t.Fatalf("picked %s, probe of a breaker %v, want A and none", probe.Instance().ID, probe.Probe())
		}
		probe.Done(balancer.Outcome{Result: balancer.Ignored})
		d.wantState("A", balancer.Draining)
		sleep(30 * time.Second)
		d.lease().Done(succeed)
		d.wantState("A", balancer.Ready)
	})
}

func TestALeavingReplicaThatBreaksIsAskedByTheBreakersProbe(t *testing.T) {
	drained(t, balancer.Options{Failures: 1, Open: time.Minute, ProbeTimeout: time.Minute}, []int{1, 1}, func(d *driver) {
		sleep(29 * time.Second)
		d.lease("B").Done(fail)
		d.wantState("A", balancer.Broken)
		d.paced(5900, 10*time.Millisecond)
		if d.picks["A"] != 0 {
			t.Fatalf("A got %d picks while its breaker was open", d.picks["A"])
		}
		sleep(1001 * time.Millisecond)
		probe := d.lease()
		if !probe.Probe() {
			t.Fatal("no probe after the open time")
		}
		d.paced(5900, 10*time.Millisecond) // another 30 s point passes, which must not end the probe
		d.wantState("A", balancer.Probing)
		probe.Done(succeed)
		d.wantState("A", balancer.Ready)
	})
}

func TestABreakersProbeBeforeTheThirtySecondsDoesNotEndTheLeaving(t *testing.T) {
	drained(t, balancer.Options{Failures: 1}, []int{1, 1}, func(d *driver) {
		d.lease("B").Done(fail)
		sleep(2*time.Second + 1)
		d.lease().Done(succeed)
		d.wantState("A", balancer.Draining)
		sleep(28 * time.Second)
		d.lease().Done(succeed)
		d.wantState("A", balancer.Ready)
	})
}

func TestALeavingReplicaIsAskedAsSoonAsItsBreakerCloses(t *testing.T) {
	drained(t, balancer.Options{Failures: 1, ProbeTimeout: time.Hour}, []int{1, 1}, func(d *driver) {
		d.lease("B").Done(fail)
		sleep(2*time.Second + 1)
		probe := d.lease()
		sleep(30 * time.Second) // its time to be asked comes and goes meanwhile
		probe.Done(succeed)
		d.wantState("A", balancer.Draining)
		if got := d.ask(); got != "A" {
			t.Errorf("picked %q, want A, which is due", got)
		}
	})
}

func shed(rest time.Duration) balancer.Outcome {
	return balancer.Outcome{Result: balancer.Shed, Rest: rest}
}

func TestARestingReplicaIsLeftAloneForAsLongAsItAsked(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		d.leaseOf("A").Done(shed(time.Second))
		d.wantState("A", balancer.Resting)
		for range 100 {
			if got := d.ask("B"); got != "B" {
				t.Fatalf("picked %q, want B: it was tried, but A rests", got)
			}
		}
		sleep(time.Second)
		d.wantState("A", balancer.Ready)
		if got := d.ask("B"); got != "A" {
			t.Errorf("picked %q after the rest, want A", got)
		}
	})
}

func TestWhenAllRestThePickSaysForHowLong(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		d.leaseOf("A").Done(shed(3 * time.Second))
		d.lease().Done(shed(2 * time.Second))
		sleep(500 * time.Millisecond)
		_, err := d.b.Pick(1)
		var resting *balancer.RestingError
		if !errors.As(err, &resting) || resting.Wait != 1500*time.Millisecond {
			t.Fatalf("got %v, want a RestingError of 1.5s", err)
		}
		if want := "every replica refused for load, the first may be asked again in 1.5s"; err.Error() != want {
			t.Errorf("it says %q, want %q", err, want)
		}
		sleep(resting.Wait)
		if got := d.ask(); got == "" {
			t.Errorf("still refused after that wait: %v", d.errs)
		}
	})
}

func TestARestIsCapped(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1}, func(d *driver) {
		d.lease().Done(shed(1<<63 - 1))
		_, err := d.b.Pick(1)
		var resting *balancer.RestingError
		if !errors.As(err, &resting) || resting.Wait != 5*time.Second {
			t.Errorf("got %v, want a RestingError of 5 s", err)
		}
	})
}

func TestALaterRefusalDoesNotShortenARest(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1}, func(d *driver) {
		leases := []balancer.Lease{d.lease(), d.lease(), d.lease()}
		leases[0].Done(shed(3 * time.Second))
		leases[1].Done(shed(time.Second))
		leases[2].Done(shed(0))
		sleep(2 * time.Second)
		d.wantState("A", balancer.Resting)
	})
}

func TestOnlyARefusalMakesAReplicaRest(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1}, func(d *driver) {
		for _, result := range []balancer.Result{balancer.Success, balancer.Failure, balancer.Refused, balancer.Ignored} {
			d.lease().Done(balancer.Outcome{Result: result, Rest: time.Second})
		}
		d.wantState("A", balancer.Ready)
	})
}

func TestNoProbeBreaksARest(t *testing.T) {
	drained(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		last := d.lease("B")
		sleep(28 * time.Second)
		last.Done(shed(5 * time.Second))
		if d.paced(490, 10*time.Millisecond); d.picks["A"] != 0 {
			t.Errorf("A was asked %d times while it rested", d.picks["A"])
		}
		if d.paced(20, 10*time.Millisecond); d.picks["A"] == 0 {
			t.Error("A was not probed when its rest was over")
		}
	})
}

func TestAReplicaThatRefusesItsProbeRests(t *testing.T) {
	broken(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		sleep(2*time.Second + 1)
		d.lease().Done(shed(time.Second))
		d.wantState("A", balancer.Resting)
		if got := d.stats("A").Breaker; got != "closed" {
			t.Errorf("its breaker is %s, want closed", got)
		}
	})
}
