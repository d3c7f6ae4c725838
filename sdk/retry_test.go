package sdk_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

func TestAHungReplicaCostsOneAttemptTimeout(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.replicas["a"].answer(hang)
		c := f.client(func(cfg *sdk.Config) { cfg.AttemptTimeout = 100 * time.Millisecond })
		for i := range 50 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			start := time.Now()
			if v, err := c.Validate(ctx, fmt.Sprint(i)); err != nil || !v.Valid || time.Since(start) > 100*time.Millisecond {
				t.Errorf("%d: got %+v, %v after %v", i, v, err, time.Since(start))
			}
			cancel()
			<-time.After(50 * time.Millisecond)
		}
		for _, s := range c.Stats().Replicas {
			if hung := s.ID == "a:80"; hung != (s.Failures > 0) || s.Ignored != 0 {
				t.Errorf("%+v", s)
			}
		}
	}, "a", "b")
}

func TestAPauseThatCannotFitIsNotWaitedFor(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{"backoff": status(503), "asked": status(503, "Retry-After", "10")} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, f *fleet) {
				f.all(answer)
				c := f.client(func(cfg *sdk.Config) { cfg.RetryBackoff = 10 * time.Second })
				for i := range 5 {
					ctx, cancel := context.WithTimeout(t.Context(), time.Second)
					start := time.Now()
					_, err := c.Validate(ctx, fmt.Sprint(i))
					took(t, start, 0)
					var call *sdk.CallError
					if !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &call) || call.Status != 503 || !strings.HasSuffix(call.Replica, ":80") || !strings.Contains(err.Error(), "503") {
						t.Errorf("got %v", err)
					}
					cancel()
				}
			}, "a", "b")
		})
	}
}

func TestTheCallersOwnDeadlineBoundsThePauses(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(status(503))
		c := f.client(func(cfg *sdk.Config) { cfg.RetryBackoff = 400 * time.Millisecond })
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond) // ± 50 %: at least 200
		defer cancel()
		start := time.Now()
		if _, err := c.Validate(ctx, "x"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		took(t, start, 0)
	}, "a")
}

func TestNoReplicaIsAskedTwiceWhileAnotherIsUntried(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.replicas["a"].answer(status(500))
		c := f.client(func(cfg *sdk.Config) { cfg.Attempts = 3; cfg.BreakerFailures = sdk.Off })
		for i := range 1000 {
			before := len(f.replicas["a"].requests())
			expect(t, c, fmt.Sprint(i), true, sdk.Fresh)
			if n := len(f.replicas["a"].requests()) - before; n > 1 {
				t.Fatalf("check %d: the broken one was asked %d times", i, n)
			}
			<-time.After(20 * time.Millisecond)
		}
		if n := len(f.replicas["a"].requests()); n > 1000/3 {
			t.Errorf("the broken one was asked %d times", n)
		}
	}, "a", "b", "c")
}

func TestALoneReplicaIsAskedAgainAfterAPause(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(status(500))
		c := f.client(func(cfg *sdk.Config) { cfg.BreakerFailures = sdk.Off })
		time.AfterFunc(150*time.Millisecond, func() { f.all(results("valid", 60, 0, 0)) })
		expect(t, c, "x", true, sdk.Fresh)
		asked := f.replicas["a"].requests()
		for i := range asked[1:] {
			if pause := asked[i+1].at - asked[i].at; pause < 12*time.Millisecond {
				t.Errorf("a pause of %v", pause)
			}
		}
		if s := c.Stats(); s.Attempts != int64(len(asked)) || s.Retries != s.Attempts-1 || s.Batches != 1 {
			t.Errorf("%d requests, %+v", len(asked), s)
		}
	}, "a")
}

func TestAnOutageIsNotAmplified(t *testing.T) {
	const seconds = 2
	calls := played(1000, 300)
	for _, names := range [][]string{{"a"}, {"a", "b"}, {"a", "b", "c"}} {
		inBubble(t, func(t *testing.T, f *fleet) {
			f.all(status(500))
			c := f.client(func(cfg *sdk.Config) { cfg.BreakerFailures = sdk.Off; cfg.Attempts = 3; cfg.BatchInflight = 1000 })
			var group sync.WaitGroup
			for i := range calls {
				group.Go(func() { refuses(t, c, fmt.Sprint(i), nil) })
				<-time.After(seconds * time.Second / time.Duration(calls))
			}
			group.Wait()
			s := c.Stats()
			if floor := 100 + 10*(seconds+2); s.Attempts != int64(f.requests()) || s.Attempts > int64(calls*12/10+floor) || s.Retries == 0 {
				t.Errorf("%v: %d requests for %d calls, %+v", names, f.requests(), calls, s)
			}
		}, names...)
	}
}

func TestOpenBreakersUseUpNoAttempt(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.replicas["a"].answer(status(500))
		f.replicas["b"].answer(status(500))
		c := f.client(func(cfg *sdk.Config) { cfg.BreakerFailures = 1; cfg.Attempts = 3; cfg.BreakerOpen = time.Hour })
		for i := range 100 {
			expect(t, c, fmt.Sprint(i), true, sdk.Fresh)
		}
		if n := f.requests(); n != 102 {
			t.Errorf("%d requests", n)
		}
	}, "a", "b", "c")
}
