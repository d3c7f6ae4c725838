package hook_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"time"

	"ms2.internal/lb/sdk/internal/hook"
)

// guarded is a context that ends a test which hangs.
func guarded(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestHooksMayBeginWhileOthersAreWaitedFor(t *testing.T) {
	var guard hook.Guard
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 2000 {
				done := make(chan struct{})
				guard.Go("h", func() {}, func(error) { close(done) })
				<-done
			}
		})
		group.Go(func() {
			for range 2000 {
				if err := guard.Wait(guarded(t)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
}

func TestWaitNamesEveryHookThatDidNotReturn(t *testing.T) {
	var guard hook.Guard
	release, ended := make(chan struct{}), make(chan struct{}, 3)
	for _, name := range []string{"b", "a", "b"} {
		guard.Go(name, func() { <-release }, func(error) { ended <- struct{}{} })
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	want := "the adopter's a has not returned from 1 call(s)\nthe adopter's b has not returned from 2 call(s)"
	if err := guard.Wait(ctx); err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
	close(release)
	if err := guard.Wait(guarded(t)); err != nil || len(ended) != 3 {
		t.Errorf("%v, %d ended", err, len(ended))
	}
}

func TestCallReturnsWhatTheHookReturnsOrItsFault(t *testing.T) {
	var guard hook.Guard
	broken := errors.New("broken")
	for says, call := range map[string]func() (int, error){
		"":                                     func() (int, error) { return 7, nil },
		"broken":                               func() (int, error) { return 7, broken },
		"the adopter's h panicked: boom":       func() (int, error) { panic("boom") },
		"the adopter's h exited its goroutine": func() (int, error) { runtime.Goexit(); return 0, nil },
	} {
		switch got, err := hook.Call(guarded(t), &guard, "h", call); {
		case says == "" && (got != 7 || err != nil), says != "" && (err == nil || err.Error() != says):
			t.Errorf("%q: got %d, %v", says, got, err)
		}
	}
}

func TestCallDoesNotWaitPastItsContextAndTheGuardDoes(t *testing.T) {
	var guard hook.Guard
	ctx, cancel := context.WithCancel(guarded(t))
	release := make(chan struct{})
	_, err := hook.Call(ctx, &guard, "h", func() (int, error) { cancel(); <-release; return 0, nil })
	if !errors.Is(err, context.Canceled) || guard.Wait(ctx) == nil {
		t.Errorf("got %v, and the guard knows of no call", err)
	}
	if _, err := hook.Call(ctx, &guard, "h", func() (int, error) { t.Error("begun"); return 0, nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(release)
	if err := guard.Wait(guarded(t)); err != nil {
		t.Error(err)
	}
}
