package balancer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/balancer"
)

// listen runs a test that is given all that OnChange and OnPanic were told, shortly.
func listen(t *testing.T, o balancer.Options, weights []int, test func(d *driver, heard *[]string)) {
	t.Helper()
	var heard []string
	o.OnChange = func(c balancer.Change) {
		line := fmt.Sprintf("%s %s: %s → %s, %s", c.Instance.ID, c.Kind, c.From, c.To, c.Reason)
		if c.For != 0 {
			line += fmt.Sprintf(" after %v", c.For.Round(time.Millisecond))
		}
		heard = append(heard, line)
	}
	o.OnPanic = func(panicking bool) { heard = append(heard, fmt.Sprint("panic ", panicking)) }
	inBubble(t, o, weights, func(d *driver) { test(d, &heard) })
}

func TestABreakerTellsOfEachOfItsStates(t *testing.T) {
	listen(t, balancer.Options{WarmUp: warmUp}, []int{1, 1, 1}, func(d *driver, heard *[]string) {
		probe := func(o balancer.Outcome) {
			sleep(2*time.Second + 1)
			d.lease().Done(o)
		}
		d.outcomes("A", 5, fail)
		probe(fail)
		probe(refuse)
		probe(succeed) // the trial
		wantTold(t, *heard,
			"A out: ready → broken, failures_in_row",
			"A state: broken → probing, failures_in_row",
			"A state: probing → broken, probe_failed",
			"A state: broken → probing, probe_failed",
			"A state: probing → ejected, probe_refused",
			"A back: ejected → warming up, back after 6s")
		want := balancer.Totals{Opened: 1, HalfOpened: 2, Closed: 1, ProbeRefused: 1}
		if got := d.b.Totals(); got != want {
			t.Errorf("the totals are %+v, want %+v", got, want)
		}
	})
}

func TestAnEjectedOneThatFailsOnIsToldToBeBroken(t *testing.T) {
	listen(t, balancer.Options{}, []int{1, 1, 1}, func(d *driver, heard *[]string) {
		d.answer["A"] = always(time.Millisecond, refuse)
		d.paced(500, time.Millisecond)
		late := []balancer.Lease{}
		for range 5 {
			late = append(late, d.leaseOf("A"))
		}
		for _, l := range late {
			l.Done(fail)
		}
		wantTold(t, *heard, "A out: ready → ejected, answers_nothing", "A state: ejected → broken, failures_in_row")
	})
}

func TestLeavingIsTold(t *testing.T) {
	listen(t, balancer.Options{WarmUp: warmUp}, []int{1, 1}, func(d *driver, heard *[]string) {
		d.outcomes("A", 2, leaving)
		sleep(30 * time.Second)
		d.lease().Done(succeed) // the probe
		wantTold(t, *heard, "A state: ready → draining, leaving", "A state: draining → warming up, back after 30s")
	})
}

// A part of the requests that fails for all comes and goes with each look.
func TestWhatComesAndGoesIsToldEverLessOften(t *testing.T) {
	listen(t, balancer.Options{WarmUp: -1}, []int{1, 1}, func(d *driver, heard *[]string) {
		for range 600 {
			d.outcomes("A", 1, shed(2*time.Second))
			sleep(time.Second)
			d.outcomes("B", 1, succeed) // has the replicas compared
			sleep(1500 * time.Millisecond)
			d.outcomes("B", 1, succeed)
		}
		if n := len(*heard); n < 2 || n > 20 {
			t.Errorf("told %d times in 25 minutes: %q", n, *heard)
		}
		last := len(*heard)
		for range 70 {
			sleep(time.Second)
			d.outcomes("B", 1, succeed)
		}
		if got := (*heard)[last:]; len(got) > 1 || !strings.HasPrefix((*heard)[len(*heard)-1], "A well") {
			t.Errorf("told at the end %q, %q", got, (*heard)[len(*heard)-1])
		}
	})
}

func TestWhatIsWithheldIsToldOnceWhileItGoesOn(t *testing.T) {
	var withheld []string
	o := balancer.Options{Failures: -1, OnChange: func(c balancer.Change) {
		if c.Kind == balancer.Withheld {
			withheld = append(withheld, fmt.Sprintf("%s %s → %s, %s", c.Instance.ID, c.From, c.To, c.Reason))
		}
	}}
	fastFleet(t, o, equal(5), func(d *driver) {
		bad := func(ids ...string) {
			for _, r := range replicas(equal(5)...) {
				if d.answer[r.ID] = always(5*time.Millisecond, succeed); slices.Contains(ids, r.ID) {
					d.answer[r.ID] = odd(0.5)
				}
			}
		}
		d.b.Update(replicas(1, 1, 1, 1, 1, 0)) // with the last choice beside them
		d.outcomes("E", 1, leaving)
		bad("A", "B")
		d.paced(20_000, time.Millisecond)
		id, other := "A", "B"
		if d.stats("B").Withheld > 0 {
			id, other = other, id
		}
		s := d.stats(id)
		if want := []string{id + " ready → ready, fails_more"}; !slices.Equal(withheld, want) {
			t.Fatalf("told %q, want %q", withheld, want)
		}
		share := 0.0
		if n, err := fmt.Sscanf(s.Why, "would be ejected, but 40 %% are out already: %f %% of its last", &share); n != 1 ||
			s.State != balancer.Ready || s.Reason != balancer.ReasonFailsMore || s.Withheld != 1 || share < 35 || share > 80 {
			t.Errorf("%v: %+v", err, s)
		}
		if got := d.b.Totals(); got.Withheld != 1 || got.FailsMore < 1 || got.FailsMore+got.AnswersNothing != d.stats(other).Ejected {
			t.Errorf("the totals are %+v, of %s %+v", got, other, d.stats(other))
		}
		bad(other)
		d.paced(20_000, time.Millisecond)
		if s := d.stats(id); s.Reason != "" {
			t.Errorf("once it answers again: %+v", s)
		}
	})
}

// noRoom runs a test on five replicas of which E is leaving and A is out, so that there is no room for B.
func noRoom(t *testing.T, test func(d *driver)) {
	t.Helper()
	fastFleet(t, balancer.Options{Failures: -1}, equal(5), func(d *driver) {
		d.paced(1000, time.Millisecond)
		d.outcomes("E", 1, leaving)
		d.answer["A"] = always(time.Millisecond, balancer.Outcome{Result: balancer.Success, Missing: 0.9})
		for d.count(balancer.Ejected) == 0 {
			d.paced(1, time.Millisecond)
		}
		test(d)
	})
}

func TestWhatIsWithheldForARowOfRefusalsIsOverWithTheNextAnswer(t *testing.T) {
	noRoom(t, func(d *driver) {
		sleep(100 * time.Millisecond)
		d.outcomes("B", 1, refuse)
		d.outcomes("C", 1, succeed) // after which B does no better
		d.outcomes("B", 4, refuse)
		d.ask()
		if s := d.stats("B"); s.Reason != balancer.ReasonAnswersNothing || s.Withheld != 1 || s.State != balancer.Ready {
			t.Errorf("refusing %+v", s)
		}
		d.outcomes("B", 1, succeed)
		if s := d.stats("B"); s.Reason != "" {
			t.Errorf("answering %+v", s)
		}
	})
}

func TestWhatWasWithheldIsForgottenOnceItIsBackFromBeingOut(t *testing.T) {
	noRoom(t, func(d *driver) {
		d.answer["B"] = odd(0.7)
		for d.stats("B").Withheld == 0 {
			d.paced(1, time.Millisecond)
		}
		d.b.Update(replicas(equal(10)...))
		for d.stats("B").State != balancer.Ejected {
			d.paced(1, time.Millisecond)
		}
		d.answer["B"] = always(5*time.Millisecond, succeed)
		for d.stats("B").State == balancer.Ejected {
			d.paced(1, time.Millisecond)
		}
		if s := d.stats("B"); s.Reason != "" || s.Ejected != 1 || s.Withheld != 1 {
			t.Errorf("back %+v", s)
		}
	})
}

func TestPanicIsToldWhenItBeginsAndWhenItEnds(t *testing.T) {
	listen(t, balancer.Options{}, []int{1, 1, 1, 1}, func(d *driver, heard *[]string) {
		for _, id := range []string{"A", "B", "C"} {
			d.outcomes(id, 1, leaves)
		}
		d.paced(5000, time.Millisecond)
		d.b.Update(replicas(1, 1, 1, 1, 1, 1))
		d.paced(5000, time.Millisecond)
		wantTold(t, (*heard)[3:], "panic true", "panic false")
	})
}

func TestTotalsOutliveTheReplicasThatTheyCount(t *testing.T) {
	inBubble(t, balancer.Options{Failures: 1}, []int{1, 1}, func(d *driver) {
		d.outcomes("A", 1, fail)
		sleep(2*time.Second + 1)
		d.lease().Done(succeed)
		d.b.Update(replicas(1, 1)[1:])
		d.b.Update(replicas(1, 1))
		if s := d.stats("A"); s.Opened != 0 || s.Picks != 0 {
			t.Errorf("the newcomer begins with %+v", s)
		}
		d.outcomes("A", 1, fail)
		if got, want := d.b.Totals(), (balancer.Totals{Opened: 2, HalfOpened: 1, Closed: 1}); got != want {
			t.Errorf("the totals are %+v, want %+v", got, want)
		}
	})
}

func TestLeavingIsToldOfOneThatRefusesForLoad(t *testing.T) {
	listen(t, balancer.Options{}, []int{1, 1}, func(d *driver, heard *[]string) {
		d.outcomes("A", 1, balancer.Outcome{Result: balancer.Shed, Draining: true, Rest: time.Second})
		wantTold(t, *heard, "A state: ready → draining, leaving")
	})
}

func TestOneThatIsLeavingDoesNotDoWellAgain(t *testing.T) {
	listen(t, balancer.Options{}, []int{1, 1}, func(d *driver, heard *[]string) {
		idle := func() { // but for the reviews
			for range 100 {
				sleep(100 * time.Millisecond)
				d.outcomes("B", 1, succeed)
			}
		}
		d.outcomes("A", 1, fail)
		idle()
		d.outcomes("A", 1, balancer.Outcome{Result: balancer.Failure, Draining: true})
		idle()
		wantTold(t, *heard, "A ailing: ready → ready, unanswered", "A state: ready → draining, leaving")
	})
}
