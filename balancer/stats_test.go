package balancer_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/balancer"
)

func TestStatsCountWhatBecameOfThePicks(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1}, func(d *driver) {
		for result, n := range map[balancer.Result]int{
			balancer.Success: 4, balancer.Failure: 3, balancer.Refused: 5, balancer.Shed: 2, balancer.Ignored: 1, balancer.Result(99): 1,
		} {
			for range n {
				d.lease().Done(balancer.Outcome{Result: result})
				sleep(time.Second)
			}
		}
		d.outcomes("A", 1, balancer.Outcome{Result: balancer.Success, Missing: 1}) // no success
		d.lease()
		d.lease()
		s := d.stats("A")
		if s.Picks != 19 || s.Successes != 4 || s.Failures != 3 || s.Refused != 6 || s.Shed != 2 || s.Ignored != 2 || s.InFlight != 2 {
			t.Errorf("got %+v, want 19 picks: 4 successes, 3 failures, 6 refused, 2 shed, 2 ignored and 2 in flight", s)
		}
	})
}

func TestStatsTellLatencyAndLoad(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1}, func(d *driver) {
		if s := d.stats("A"); s.Latency != 0 || s.Load != 0 || !s.Since.IsZero() {
			t.Errorf("got %+v, want nothing known of a newcomer", s)
		}
		for range 3 {
			l := d.lease()
			sleep(30 * time.Millisecond)
			l.Done(balancer.Outcome{Result: balancer.Success, Load: 0.75})
		}
		sleep(time.Hour)
		if s := d.stats("A"); s.Latency != 30*time.Millisecond || s.Load != 0.75 {
			t.Errorf("got latency %v and load %v, want 30ms and 0.75", s.Latency, s.Load)
		}
	})
}

func TestTheLatencyIsThatOfALoneCheck(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1}, func(d *driver) {
		l, err := d.b.Pick(66) // twice the effort of a lone check
		if err != nil {
			t.Fatal(err)
		}
		sleep(40 * time.Millisecond)
		l.Done(succeed)
		if got := d.stats("A").Latency; got != 20*time.Millisecond {
			t.Errorf("latency is %v, want 20ms", got)
		}
	})
}

func TestTheLatencyForgetsByTimeAndNotByTheNumberOfAnswers(t *testing.T) {
	for _, answers := range []int{10, 1000} {
		inBubble(t, balancer.Options{}, []int{1}, func(d *driver) {
			d.answer["A"] = always(time.Millisecond, succeed)
			d.callers(100, 1)
			d.answer["A"] = always(100*time.Millisecond, succeed)
			d.paced(answers, time.Second/time.Duration(answers))
			if got := d.stats("A").Latency; got < 29*time.Millisecond || got > 37*time.Millisecond {
				t.Errorf("%d answers of 100ms in a second: %v, want about 33ms, 1ms × 100^0.76", answers, got)
			}
		})
	}
}

func TestHowLongAnIgnoredRequestLastedMayRaiseTheLatencyAndNeverLowersIt(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1}, func(d *driver) {
		ignored := func(after time.Duration) time.Duration {
			sleep(10 * time.Second)
			l := d.lease()
			sleep(after)
			l.Done(balancer.Outcome{Result: balancer.Ignored})
			return d.stats("A").Latency
		}
		if got := ignored(time.Second); got != 0 {
			t.Errorf("latency is %v before an answer, want none", got)
		}
		d.answer["A"] = always(20*time.Millisecond, succeed)
		d.callers(20, 1)
		if got := ignored(time.Millisecond); got != 20*time.Millisecond {
			t.Errorf("latency is %v after 1ms ignored, want 20ms", got)
		}
		if got := ignored(time.Second); got < 200*time.Millisecond {
			t.Errorf("latency is %v after a second ignored, want much more than 20ms", got)
		}
	})
}

// state is what the stats say of A, with how long ago it began; -1 when never.
func state(d *driver) (balancer.State, string, string, time.Duration) {
	s := d.stats("A")
	if s.Since.IsZero() {
		return s.State, s.Why, s.Breaker, -1
	}
	return s.State, s.Why, s.Breaker, time.Since(s.Since)
}

func TestStatsNameTheStateAndWhyAndSinceWhen(t *testing.T) {
	inBubble(t, balancer.Options{Failures: 1, ProbeTimeout: time.Minute}, []int{1, 1}, func(d *driver) {
		want := func(state_ balancer.State, why, breaker string, ago time.Duration) {
			t.Helper()
			if s, w, b, a := state(d); s != state_ || w != why || b != breaker || a != ago {
				t.Errorf("got %q, %q, breaker %s, for %v;\nwant %q, %q, breaker %s, for %v", s, w, b, a, state_, why, breaker, ago)
			}
		}
		want(balancer.Ready, "", "closed", -1)
		sleep(time.Second)
		d.leaseOf("A").Done(fail)
		sleep(time.Second)
		want(balancer.Broken, "1 failure; probed again in 1s", "open", time.Second)
		sleep(time.Second + 1)
		probe := d.lease()
		sleep(3 * time.Second)
		want(balancer.Probing, "1 failure", "half-open", 5*time.Second+1)
		probe.Done(succeed)
		sleep(time.Second)
		want(balancer.Ready, "", "closed", time.Second)
		d.leaseOf("A").Done(shed(4 * time.Second))
		sleep(time.Second)
		want(balancer.Resting, "sheds load: asks for 4s, 3s left", "closed", time.Second)
		sleep(5 * time.Second)
		want(balancer.Ready, "", "closed", 2*time.Second)
		d.leaseOf("A").Done(leaving)
		sleep(time.Second)
		want(balancer.Draining, "says that it is leaving", "closed", time.Second)
		sleep(29 * time.Second)
		d.lease().Done(succeed)
		sleep(time.Second)
		want(balancer.Ready, "", "closed", time.Second)
		d.b.Update(replicas(0, 1))
		if s, why, _, _ := state(d); s != balancer.LastChoice || why != "its weight is 0" {
			t.Errorf("got %q, %q, want the last choice for its weight of 0", s, why)
		}
	})
}

func TestStatsFollowTheOrderOfTheUpdate(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1, 1}, func(d *driver) {
		instances := replicas(1, 1, 1)
		instances[0], instances[2] = instances[2], instances[0]
		d.b.Update(instances)
		for i, s := range d.b.Stats() {
			if s.Instance.ID != instances[i].ID {
				t.Errorf("place %d is %s, want %s", i, s.Instance.ID, instances[i].ID)
			}
		}
	})
}

func TestAMissingPartThatIsNoNumberIsNone(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		d.outcomes("A", 20, balancer.Outcome{Result: balancer.Success, Missing: math.NaN()})
		wantShares(t, d.during(func() { d.paced(1000, 20*time.Millisecond) }), []int{1, 1}, 10)
	})
}

func TestInPanicOnlyWhatIsAskedIsSaidToBe(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1, 1, 0}, func(d *driver) {
		for _, id := range []string{"A", "B", "D"} {
			d.outcomes(id, 1, leaves)
		}
		d.paced(10, time.Millisecond)
		for id, want := range map[string]bool{"A": true, "B": true, "D": false} {
			if s := d.stats(id); !d.b.Panic() || strings.Contains(s.Why, "all the same") != want {
				t.Errorf("panic is %v, %s: %q", d.b.Panic(), id, s.Why)
			}
		}
	})
}
