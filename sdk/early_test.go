package sdk_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
)

func TestAMissBeforeManyHitsIsNotHeldUpByThem(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		c := f.client()
		expect(t, c, "hit", true, sdk.Fresh)
		scanned := make(chan struct{})
		f.all(func(w http.ResponseWriter, r *http.Request) {
			select {
			case <-scanned:
				t.Error("asked after all hits were read")
			default:
			}
			results("valid", 0, 0, 0)(w, r)
		})
		checks := many(1)
		for range 200_000 {
			checks = append(checks, sdk.Check{SID: "hit"})
		}
		verdicts, err := c.ValidateAll(t.Context(), checks)
		close(scanned)
		if err != nil || verdicts[0].Origin != sdk.Fresh || verdicts[1].Origin != sdk.Cached {
			t.Errorf("%v, %v: %v", verdicts[0], verdicts[1], err)
		}
	}, "a")
}

func TestAFullQueueDoesNotHideAUsableVerdict(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(results("valid", 1, 0, 600))
		c := f.client(narrow, func(cfg *sdk.Config) { cfg.QueueMax = 2 })
		expect(t, c, "old", true, sdk.Fresh)
		<-time.After(2 * time.Second)
		f.all(after(100*time.Millisecond, results("valid", 60, 0, 0)))
		wait := []func(){begin(t, c, 1, "first"), begin(t, c, 2, "then")}
		expect(t, c, "old", true, sdk.Stale)
		refuses(t, c, "old", sdk.ErrOverloaded, sdk.NoCache())
		refuses(t, c, "old", sdk.ErrOverloaded, sdk.MaxAge(time.Second))
		refuses(t, c, "never-asked", sdk.ErrOverloaded)
		all, err := c.ValidateAll(t.Context(), sdk.SIDs("old", "never-asked"))
		if all[0].Origin != sdk.Stale || err == nil {
			t.Errorf("got %v, %v", all, err)
		}
		for _, w := range wait {
			w()
		}
	}, "a")
}

func TestALargeCallWaitsForItsOwnPlacesBeforeItTakesAStaleVerdict(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(results("valid", 1, 0, 600))
		c := f.client(narrow, func(cfg *sdk.Config) { cfg.QueueMax = 2 })
		expect(t, c, "many:4", true, sdk.Fresh)
		<-time.After(2 * time.Second)
		all, err := c.ValidateAll(t.Context(), many(5))
		if err != nil || all[4].Origin != sdk.Fresh {
			t.Errorf("got %v, %v", all, err)
		}
	}, "a")
}

// A verdict that Invalidate forgot while it was asked for again must not be answered when that fails.
func TestWhatWasForgottenOnItsWayIsNotStale(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		c := expired(t, f, "")
		f.all(after(100*time.Millisecond, status(500)))
		done := make(chan struct{})
		go func() {
			defer close(done)
			refuses(t, c, "a", nil)
		}()
		synctest.Wait()
		c.Invalidate("a")
		<-done
	}, "a")
}

// The timer of deadlines is set again after the check that it was set for has left.
func TestEachBackgroundCheckEndsAtItsOwnTime(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(hang)
		c := f.client(func(cfg *sdk.Config) { cfg.Timeout, cfg.AttemptTimeout = time.Second, 999*time.Millisecond })
		ended := make(chan time.Duration, 3)
		for i := range 3 {
			go func() {
				start := time.Now()
				refuses(t, c, "same", nil)
				ended <- time.Since(start)
			}()
			<-time.After(time.Duration(300+i) * time.Millisecond)
		}
		for i := range 3 {
			if got := <-ended; got != time.Second {
				t.Errorf("check %d ended after %v", i, got)
			}
		}
	}, "a")
}

func TestAnAnswerFromACacheOnTheWayIsAsOldAsItSays(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(0, aged(30, results("valid", 60, 0, 0))))
		c := f.client(func(cfg *sdk.Config) { cfg.Protocol = "single" })
		expect(t, c, "a", true, sdk.Fresh)
		expect(t, c, "a", true, sdk.Cached, sdk.MaxAge(31*time.Second))
		<-time.After(2 * time.Second)
		before := f.requests()
		expect(t, c, "a", true, sdk.Fresh, sdk.MaxAge(31*time.Second))
		if n := f.requests() - before; n != 1 {
			t.Errorf("%d requests for what is 32 s old", n)
		}
		before = f.requests()
		expect(t, c, "a", true, sdk.Fresh, sdk.MaxAge(29*time.Second))
		if n := f.requests() - before; n != 2 {
			t.Errorf("%d requests, want two: the first answer was older than the caller accepts", n)
		}
	}, "a")
}

// aged says that an answer was in a cache on the way for so many seconds.
func aged(seconds int, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Age", fmt.Sprint(seconds))
		next(w, r)
	}
}

func TestAnAnswerThatACacheHadBeforeAnInvalidateIsNotKept(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(aged(30, results("valid", 60, 0, 0)))
		c := f.client(func(cfg *sdk.Config) { cfg.Protocol = "single" })
		c.Invalidate("a")
		<-time.After(5 * time.Second)
		expect(t, c, "a", true, sdk.Fresh)
		expect(t, c, "a", true, sdk.Fresh)
		<-time.After(26 * time.Second)
		expect(t, c, "a", true, sdk.Fresh)
		expect(t, c, "a", true, sdk.Cached)
	}, "a")
}

func TestAnAnswerFromNowOnIsAskedPastCachesOnTheWay(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		c := f.client(narrow)
		asked := func() (past []bool) {
			for _, a := range f.replicas["a"].requests() {
				past = append(past, a.header.Get("Cache-Control") == "no-cache")
			}
			return past
		}
		expect(t, c, "a", true, sdk.Fresh)
		expect(t, c, "a", true, sdk.Fresh, sdk.NoCache())
		c.Invalidate("b")
		expect(t, c, "b", true, sdk.Fresh)
		expect(t, c, "c", true, sdk.Fresh, sdk.MaxAge(time.Second))
		if got, want := asked(), []bool{false, true, true, false}; !slices.Equal(got, want) {
			t.Errorf("asked past caches: %v, want %v", got, want)
		}
	}, "a")
}
