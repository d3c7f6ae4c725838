package sdk_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// Splits draw from the upper half of the budget and wait for it; the lower half is for retries and second opinions.

// forgedBy answers what bears a forged SID by a refusal, and calls the others valid.
func forgedBy(refusal http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if slices.ContainsFunc(itemsOf(r), func(i protocol.Item) bool { return strings.HasPrefix(i.SID, "forged") }) {
			refusal(w, r)
			return
		}
		results("valid", 0, 0, 0)(w, r)
	}
}

// forge makes a call for many forged SIDs, and returns a wait for its end.
func forge(t *testing.T, c *sdk.Client, name string, n int) (wait func()) {
	checks := make([]sdk.Check, n)
	for i := range checks {
		checks[i].SID = fmt.Sprintf("forged:%s:%d", name, i)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		var failed sdk.CheckErrors
		if _, err := c.ValidateAll(t.Context(), checks); !errors.As(err, &failed) || len(failed) != n {
			t.Errorf("got %v", err)
		}
	}()
	synctest.Wait()
	return func() { <-done }
}

func TestSplitsLeaveTheLowerHalfOfTheBudget(t *testing.T) {
	for _, code := range []int{400, 403, 413, 422} {
		inBubble(t, func(t *testing.T, f *fleet) {
			f.all(forgedBy(status(code)))
			c := f.client()
			var waits []func()
			for i := range 5 {
				waits = append(waits, forge(t, c, fmt.Sprint(i), 200))
			}
			lowest := c.Stats().Budget
			for range 200 {
				<-time.After(10 * time.Millisecond)
				lowest = min(lowest, c.Stats().Budget)
				expect(t, c, "good", true, sdk.Fresh)
			}
			for _, wait := range waits {
				wait()
			}
			if lowest < 49.9 || lowest > 60 {
				t.Errorf("%d: the budget went down to %v", code, lowest)
			}
		}, "a")
	}
}

func TestRetriesAndSecondOpinionsHaveTheLowerHalfWhileSplitsWait(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(forgedBy(status(413)))
		f.replicas["a"].answer(func(w http.ResponseWriter, r *http.Request) {
			switch sid := itemsOf(r)[0].SID; {
			case sid == "refused":
				status(403)(w, r)
			case strings.HasPrefix(sid, "forged"):
				status(413)(w, r)
			default:
				status(500)(w, r)
			}
		})
		c := f.client(func(cfg *sdk.Config) { cfg.BreakerFailures, cfg.MaxEjected = sdk.Off, sdk.Off })
		wait := forge(t, c, "x", 500)
		<-time.After(200 * time.Millisecond)
		if n := c.Stats().Budget; n > 60 {
			t.Errorf("a budget of %v: the flood does not use up the upper half", n)
		}
		for i := range 20 {
			expect(t, c, fmt.Sprint("failing:", i), true, sdk.Fresh, sdk.NoCache())
			expect(t, c, "refused", true, sdk.Fresh, sdk.NoCache())
		}
		if asked := len(f.replicas["a"].requests()); asked == 0 {
			t.Error("it was never asked")
		}
		wait()
	}, "a", "b")
}

// spendUpper uses up the upper half of the budget.
func spendUpper(t *testing.T, c *sdk.Client) {
	t.Helper()
	forge(t, c, "spent", 500)()
	if n := c.Stats().Budget; n < 49 || n >= 52 {
		t.Fatalf("a budget of %v", n)
	}
}

func TestASplitWaitsForTokensInsideItsTime(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(forgedBy(status(413)))
		c := f.client()
		spendUpper(t, c)
		start := time.Now()
		all, err := c.ValidateAll(t.Context(), sdk.SIDs("good:1", "good:2", "forged:1", "forged:2"))
		var failed sdk.CheckErrors
		if !errors.As(err, &failed) || len(failed) != 2 || !all[0].Valid || !all[1].Valid || strings.Contains(err.Error(), "MS2_RETRY_BUDGET") {
			t.Errorf("got %v, %v", all, err)
		}
		if d := time.Since(start); d == 0 || d > 500*time.Millisecond {
			t.Errorf("took %v", d)
		}
	}, "a")
}

func TestASplitThatTokensComeTooLateForEndsAtOnceAndSaysSo(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(forgedBy(status(413)))
		c := f.client()
		spendUpper(t, c)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		start := time.Now()
		_, err := c.ValidateAll(ctx, sdk.SIDs("good:1", "forged:1", "forged:2", "forged:3"))
		took(t, start, 0)
		if err == nil || !strings.Contains(err.Error(), "413") || !strings.Contains(err.Error(), "MS2_RETRY_BUDGET") {
			t.Errorf("got %v", err)
		}
	}, "a")
}

func TestASplitThatWaitsGivesUpItsPlace(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(forgedBy(status(413)))
		c := f.client(narrow)
		spendUpper(t, c)
		var done atomic.Bool
		var group sync.WaitGroup
		group.Go(func() {
			all, _ := c.ValidateAll(t.Context(), sdk.SIDs("good:1", "forged:1"))
			if done.Store(true); !all[0].Valid {
				t.Errorf("got %v", all)
			}
		})
		synctest.Wait()
		start := time.Now()
		expect(t, c, "other", true, sdk.Fresh)
		took(t, start, 0)
		if done.Load() {
			t.Error("it did not wait for tokens")
		}
		group.Wait()
	}, "a")
}
