package sdk_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
)

// A probe of a replica that is left out is a duplicate: a healthy one is asked as well, and no caller waits for the probe.

// inTime fails the test unless a caller of 20 ms gets a verdict, and returns how often replica a was asked meanwhile.
func inTime(t *testing.T, f *fleet, c *sdk.Client, sid string) (probes int) {
	t.Helper()
	before := len(f.replicas["a"].requests())
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if v, err := c.Validate(ctx, sid); err != nil || !v.Valid {
		t.Errorf("got %+v, %v", v, err)
	}
	synctest.Wait()
	return len(f.replicas["a"].requests()) - before
}

func TestAnImpatientCallerIsAnsweredThoughItsProbeHangs(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		c := f.client()
		trip(t, f, c)
		f.replicas["a"].answer(hang)
		f.replicas["b"].answer(after(10*time.Millisecond, results("valid", 60, 0, 0)))
		for i := range 5 {
			if n := inTime(t, f, c, fmt.Sprint(i)); n != 1 {
				t.Errorf("%d probes", n)
			}
			if n := inTime(t, f, c, fmt.Sprint("beside", i)); n != 0 {
				t.Errorf("%d probes beside one under way", n)
			}
			<-time.After(3 * time.Second)
		}
	}, "a", "b")
}

// everyOther answers by one and the other in turn.
func everyOther(one, other http.HandlerFunc) http.HandlerFunc {
	var n atomic.Int32
	return func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1)%2 == 1 {
			one(w, r)
			return
		}
		other(w, r)
	}
}

func TestAnImpatientCallerIsAnsweredThoughTheTrialOfAnOutlierHangs(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(time.Millisecond, results("valid", 0, 0, 0)))
		f.replicas["a"].answer(everyOther(status(500), results("valid", 0, 0, 0)))
		c := f.client()
		for i := 0; statsOf(c, "a").State != "ejected"; i++ {
			if i == 10_000 {
				t.Fatalf("not ejected: %+v", statsOf(c, "a"))
			}
			expect(t, c, fmt.Sprint(i), true, sdk.Fresh)
			<-time.After(5 * time.Millisecond)
		}
		f.replicas["a"].answer(hang)
		probes := 0
		for i := range 700 {
			probes += inTime(t, f, c, fmt.Sprint("trial", i))
			<-time.After(10 * time.Millisecond)
		}
		if s := statsOf(c, "a"); probes == 0 || s.Failures == 0 {
			t.Errorf("%d probes, %+v", probes, s)
		}
	}, "a", "b", "c")
}

func TestAProbeTakesATokenAndIsCounted(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		c := f.client()
		trip(t, f, c)
		<-time.After(time.Minute)
		f.replicas["a"].answer(hang)
		before := c.Stats()
		if n := inTime(t, f, c, "x"); n != 1 {
			t.Errorf("%d probes", n)
		}
		s := c.Stats()
		if before.Budget != 100 || s.Budget != 99 {
			t.Errorf("a budget of %v, then of %v", before.Budget, s.Budget)
		}
		if s.Attempts-before.Attempts != 2 || s.Retries-before.Retries != 1 || s.Batches-before.Batches != 1 || s.Attempts != int64(f.requests()) {
			t.Errorf("before %+v, then %+v", before, s)
		}
		failures := statsOf(c, "a").Failures
		<-time.After(time.Second)
		if s := statsOf(c, "a"); s.Failures != failures+1 || s.InFlight != 0 || s.Breaker != "open" {
			t.Errorf("%+v", s)
		}
	}, "a", "b")
}

func TestAProbeAsksForOneCheckAlone(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		c := f.client()
		trip(t, f, c)
		f.all(results("valid", 60, 0, 0))
		a, b := len(f.replicas["a"].sizes()), len(f.replicas["b"].sizes())
		if _, err := c.ValidateAll(t.Context(), many(50)); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		probe, batch := f.replicas["a"].sizes()[a:], f.replicas["b"].sizes()[b:]
		if !slices.Equal(probe, []int{1}) || !slices.Equal(batch, []int{50}) || statsOf(c, "a").Breaker != "closed" {
			t.Errorf("probes of %v, batches of %v: %+v", probe, batch, statsOf(c, "a"))
		}
	}, "a", "b")
}

func TestCloseCancelsAProbe(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		c := f.client()
		trip(t, f, c)
		f.replicas["a"].answer(hang)
		if n := inTime(t, f, c, "x"); n != 1 {
			t.Errorf("%d probes", n)
		}
		start := time.Now()
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		took(t, start, 0)
		if s := statsOf(c, "a"); s.InFlight != 0 {
			t.Errorf("%+v", s)
		}
	}, "a", "b")
}
