package sdk_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

func TestWhileRevalidateAnswersAtOnceAndRefreshesOnceBehind(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(results("valid", 1, 10, 0))
		c := f.client()
		expect(t, c, "a", true, sdk.Fresh)
		f.all(after(100*time.Millisecond, results("invalid", 60, 0, 0)))
		<-time.After(2 * time.Second)
		ctx, cancel := context.WithCancel(t.Context())
		start := time.Now()
		if v, err := c.Validate(ctx, "a"); err != nil || v.Origin != sdk.Stale || !v.Valid {
			t.Fatalf("got %+v, %v", v, err)
		}
		cancel() // the refresh is not the caller's
		for range 10 {
			expect(t, c, "a", true, sdk.Stale)
		}
		took(t, start, 0)
		<-time.After(200 * time.Millisecond)
		expect(t, c, "a", false, sdk.Cached)
		if f.requests() != 2 {
			t.Errorf("%d requests, want 2", f.requests())
		}
	}, "a")
}

func TestWhileRevalidateEnds(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(results("valid", 1, 10, 0))
		c := f.client()
		expect(t, c, "a", true, sdk.Fresh)
		f.all(status(500))
		<-time.After(11*time.Second - 1)
		expect(t, c, "a", true, sdk.Stale)
		<-time.After(1)
		refuses(t, c, "a", nil)
	}, "a")
}

func TestNoCallerWaitsOutATimeoutTwice(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(results("valid", 1, 0, 60))
		c := f.client(func(cfg *sdk.Config) { cfg.BreakerFailures = sdk.Off })
		expect(t, c, "a", true, sdk.Fresh)
		f.all(hang)
		<-time.After(time.Second)
		for _, wait := range []time.Duration{500 * time.Millisecond, 0, 0} {
			start := time.Now()
			expect(t, c, "a", true, sdk.Stale)
			took(t, start, wait)
		}
		f.all(results("invalid", 60, 0, 0)) // the refresh goes on behind and heals
		<-time.After(time.Second)
		expect(t, c, "a", false, sdk.Cached)
	}, "a")
}

func TestTheRefreshBehindOutlivesTheCallersDeadline(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(results("valid", 1, 0, 60))
		c := f.client()
		expect(t, c, "a", true, sdk.Fresh)
		f.all(hang)
		<-time.After(time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), 501*time.Millisecond)
		defer cancel()
		if v, err := c.Validate(ctx, "a"); err != nil || v.Origin != sdk.Stale {
			t.Fatalf("got %+v, %v", v, err)
		}
		<-time.After(400 * time.Millisecond)
		f.all(results("valid", 60, 0, 0))
		<-time.After(time.Second)
		expect(t, c, "a", true, sdk.Cached)
	}, "a")
}

func TestStaleIfErrorNeverOutlivesItsWindow(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(results("valid", 1, 0, 60))
		c := f.client(func(cfg *sdk.Config) { cfg.BreakerFailures = sdk.Off })
		expect(t, c, "a", true, sdk.Fresh)
		f.all(status(500))
		<-time.After(2 * time.Second)
		expect(t, c, "a", true, sdk.Stale)
		<-time.After(59*time.Second - 1)
		expect(t, c, "a", true, sdk.Stale)
		<-time.After(1)
		refuses(t, c, "a", nil)
	}, "a")
}

// The window may end while the check waits for its first failure.
func TestStaleIfErrorIsJudgedWhenTheFailureComes(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(results("valid", 1, 0, 1))
		c := f.client()
		expect(t, c, "a", true, sdk.Fresh)
		f.all(hang)
		<-time.After(1600 * time.Millisecond)
		refuses(t, c, "a", context.DeadlineExceeded)
	}, "a")
}

func TestAnExplicitInvalidReplacesWhatWasStale(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(results("valid", 1, 0, 600))
		c := f.client()
		expect(t, c, "a", true, sdk.Fresh)
		f.all(results("invalid", 0, 0, 0))
		<-time.After(time.Second)
		expect(t, c, "a", false, sdk.Fresh)
		f.all(status(500))
		refuses(t, c, "a", nil)
	}, "a")
}

func TestOneRefreshAtATimeInAnOutage(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(results("valid", 1, 0, 600))
		c := f.client()
		expect(t, c, "a", true, sdk.Fresh)
		var most, now int
		f.all(hang)
		f.replicas["a"].answer(func(w http.ResponseWriter, r *http.Request) { now++; most = max(most, now); hang(w, r); now-- })
		<-time.After(time.Second)
		for range 100 {
			expect(t, c, "a", true, sdk.Stale)
			<-time.After(10 * time.Millisecond)
			synctest.Wait()
		}
		if most != 1 {
			t.Errorf("%d refreshes at once", most)
		}
	}, "a")
}

func TestAnOlderAnswerNeverReplacesANewerOne(t *testing.T) {
	for _, age := range []int64{60, 0} { // the newer one may be such that it is not kept at all
		inBubble(t, func(t *testing.T, f *fleet) {
			f.all(after(400*time.Millisecond, results("valid", 60, 60, 60)))
			c := f.client()
			go c.Validate(context.Background(), "a") //nolint:errcheck // what it brings is not the matter
			<-time.After(100 * time.Millisecond)
			f.all(answering(func(protocol.Item) protocol.Result { return protocol.Result{Status: "invalid", MaxAge: age} }))
			expect(t, c, "a", false, sdk.Fresh, sdk.NoCache())
			<-time.After(time.Second)
			f.all(results("invalid", 0, 0, 0))
			v, err := c.Validate(t.Context(), "a")
			if err != nil || v.Valid {
				t.Errorf("got %+v, %v", v, err)
			}
		}, "a")
	}
}
