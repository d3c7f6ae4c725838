package balancer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/balancer"
)

// told runs a test that is given what OnChange was told.
func told(t *testing.T, o balancer.Options, weights []int, test func(d *driver, changes *[]string)) {
	var changes []string
	o.OnChange = func(c balancer.Change) {
		if c.Kind == balancer.Out || c.Kind == balancer.Back {
			changes = append(changes, fmt.Sprintf("%s %s after %v: %s", c.Instance.Addr, c.Kind, c.For.Round(time.Millisecond), c.Why))
		}
	}
	inBubble(t, o, weights, func(d *driver) { test(d, &changes) })
}

func wantTold(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("told %q,\nwant %q", got, want)
	}
}

func TestABreakerThatOpensAndClosesIsToldOnceEach(t *testing.T) {
	told(t, balancer.Options{}, []int{1, 1}, func(d *driver, changes *[]string) {
		d.outcomes("A", 5, fail)
		sleep(2*time.Second + 1)
		d.lease().Done(fail) // a failed probe is no news
		sleep(2*time.Second + 1)
		d.lease().Done(succeed)
		wantTold(t, *changes, "10.0.0.0:80 out after 0s: 5 failures in a row",
			"10.0.0.0:80 back after 4s: its breaker closed: the probe was answered")
	})
}

func TestAnEjectionIsToldOnceEach(t *testing.T) {
	told(t, balancer.Options{}, []int{1, 1, 1}, func(d *driver, changes *[]string) {
		d.answer["A"] = always(time.Millisecond, refuse)
		d.callers(1000, 4)
		d.answer["A"] = nil
		d.callers(1000, 4)
		if len(*changes) != 2 {
			t.Fatalf("told %q, want two changes", *changes)
		}
		n := 0
		if _, err := fmt.Sscanf((*changes)[0], "10.0.0.0:80 out after 0s: answered none of its last %d requests", &n); err != nil || n < 5 {
			t.Errorf("told %q: %v", (*changes)[0], err)
		}
		for i, want := range []string{
			"requests, the others answered all of theirs",
			"s: it answered the request that tried it, in 20ms",
		} {
			if got := (*changes)[i]; !strings.HasSuffix(got, want) {
				t.Errorf("told %q, want that it ends with %q", got, want)
			}
		}
	})
}

func TestAReplicaThatRefusesItsProbeIsOutUntilItAnswers(t *testing.T) {
	for _, o := range []balancer.Outcome{refuse, shed(0), shed(time.Second), {Result: balancer.Success, Missing: 1}} {
		told(t, balancer.Options{WarmUp: warmUp}, []int{1, 1}, func(d *driver, changes *[]string) {
			d.outcomes("A", 5, fail)
			sleep(2*time.Second + 1)
			d.lease().Done(o)
			if s := d.stats("A"); s.Breaker != "closed" || s.State != balancer.Ejected && s.State != balancer.Resting {
				t.Errorf("it is %+v, want its breaker closed and it out", s)
			}
			if got := d.during(func() { d.paced(1000, 2*time.Millisecond-1) }); got["A"] != 0 {
				t.Errorf("%d picks of it before it was tried", got["A"])
			}
			sleep(time.Second)
			trial := d.lease()
			if id := trial.Instance().ID; id != "A" || !trial.Probe() {
				t.Errorf("picked %s, probe %v, want the trial of A", id, trial.Probe())
			}
			if len(*changes) != 1 {
				t.Errorf("told %q, want that it is out", *changes)
			}
			trial.Done(succeed)
			d.wantState("A", balancer.Warming)
			if len(*changes) != 2 {
				t.Errorf("told %q, want that it is back", *changes)
			}
		})
	}
}

func TestOfAReplicaThatWasRemovedNothingIsTold(t *testing.T) {
	told(t, balancer.Options{}, []int{1, 1}, func(d *driver, changes *[]string) {
		late := d.leaseOf("B")
		d.outcomes("B", 4, fail)
		d.b.Update(replicas(1))
		late.Done(fail)
		wantTold(t, *changes)
	})
}
