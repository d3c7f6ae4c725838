package sdk_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

// What may be stale is answered before the deadline, with a tenth of the caller's time left, and 5 ms at least.

func TestWhatIsStaleIsAnsweredBeforeTheTimeoutOfChecks(t *testing.T) {
	for timeout, waits := range map[time.Duration]time.Duration{
		2 * time.Second: 1800 * time.Millisecond, 30 * time.Millisecond: 25 * time.Millisecond, 4 * time.Millisecond: 2 * time.Millisecond,
	} {
		for _, longer := range []bool{false, true} { // the caller's context, which does not end then
			inBubble(t, func(t *testing.T, f *fleet) {
				c := expired(t, f, "", func(cfg *sdk.Config) { cfg.Timeout, cfg.AttemptTimeout = timeout, timeout-1 })
				f.all(hang)
				ctx := context.Background()
				if longer {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, time.Minute)
					defer cancel()
				}
				start := time.Now()
				if v, err := c.Validate(ctx, "a"); err != nil || v.Origin != sdk.Stale {
					t.Errorf("got %+v, %v", v, err)
				}
				took(t, start, waits)
			}, "a")
		}
	}
}

func TestStaleVerdictsOfManyAreAnsweredBeforeTheDeadline(t *testing.T) {
	for name, deadline := range map[string]time.Duration{"the caller's": 200 * time.Millisecond, "MS2_TIMEOUT": time.Minute} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, f *fleet) {
				f.all(results("valid", 1, 0, 60))
				c := f.client(func(cfg *sdk.Config) { cfg.Timeout, cfg.AttemptTimeout = 200*time.Millisecond, 199*time.Millisecond })
				if _, err := c.ValidateAll(t.Context(), many(3)); err != nil {
					t.Fatal(err)
				}
				<-time.After(2 * time.Second)
				f.all(hang)
				ctx, cancel := context.WithTimeout(t.Context(), deadline)
				defer cancel()
				start := time.Now()
				all, err := c.ValidateAll(ctx, sdk.SIDs("new", "many:0", "many:1"))
				var failed sdk.CheckErrors
				if !errors.As(err, &failed) || len(failed) != 1 || failed[0].SID != "new" || all[1].Origin != sdk.Stale || all[2].Origin != sdk.Stale {
					t.Errorf("got %v, %v", all, err)
				}
				if d := time.Since(start); d > 200*time.Millisecond {
					t.Errorf("took %v", d)
				}
			}, "a")
		})
	}
}

func TestACallOfManyThatAreAllStaleReturnsBeforeTheDeadline(t *testing.T) {
	for n, waits := range map[int]time.Duration{
		1000: 180 * time.Millisecond, 1200: 195 * time.Millisecond, // what is more than two batches is begun 20 ms before the end
	} {
		inBubble(t, func(t *testing.T, f *fleet) {
			f.all(results("valid", 1, 0, 60))
			c := f.client()
			if _, err := c.ValidateAll(t.Context(), many(n)); err != nil {
				t.Fatal(err)
			}
			<-time.After(2 * time.Second)
			f.all(hang)
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			start := time.Now()
			if _, err := c.ValidateAll(ctx, many(n)); err != nil {
				t.Error(err)
			}
			took(t, start, waits)
		}, "a")
	}
}

func TestADemandingCallerIsNotGivenWhatIsStaleBesideOthersWhoAre(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		c := expired(t, f, "")
		f.all(hang)
		var group sync.WaitGroup
		for _, caller := range []struct {
			opts   []sdk.CheckOption
			waits  time.Duration
			origin sdk.Origin
		}{
			{nil, 180 * time.Millisecond, sdk.Stale},
			{[]sdk.CheckOption{sdk.MaxAge(time.Second)}, 200 * time.Millisecond, sdk.Unknown},
			{[]sdk.CheckOption{sdk.NoCache()}, 200 * time.Millisecond, sdk.Unknown},
			{[]sdk.CheckOption{sdk.MaxAge(time.Minute)}, 180 * time.Millisecond, sdk.Stale},
			{nil, 180 * time.Millisecond, sdk.Stale},
		} {
			group.Go(func() {
				ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
				defer cancel()
				start := time.Now()
				if v, err := c.Validate(ctx, "a", caller.opts...); v.Origin != caller.origin {
					t.Errorf("got %v, %v, want %v", v.Origin, err, caller.origin)
				}
				took(t, start, caller.waits)
			})
		}
		group.Wait()
	}, "a")
}

func TestARefusalAfterWhatWasAnsweredInTimeEndsStaleAnswers(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		c := expired(t, f, "")
		f.all(after(100*time.Millisecond, status(403)))
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if v, err := c.Validate(ctx, "a"); err != nil || v.Origin != sdk.Stale {
			t.Errorf("got %+v, %v", v, err)
		}
		expect(t, c, "a", true, sdk.Stale) // at once, until the refusal comes
		<-time.After(60 * time.Millisecond)
		refuses(t, c, "a", nil)
	}, "a")
}

func TestAVerdictAfterWhatWasAnsweredInTimeReplacesIt(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		c := expired(t, f, "")
		f.all(after(100*time.Millisecond, results("invalid", 60, 0, 0)))
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if v, err := c.Validate(ctx, "a"); err != nil || v.Origin != sdk.Stale {
			t.Errorf("got %+v, %v", v, err)
		}
		<-time.After(60 * time.Millisecond)
		expect(t, c, "a", false, sdk.Cached)
	}, "a")
}
