package sdk_test

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

// hook is an adopter's transport that does something bad while it is sick.
type hook struct {
	next http.RoundTripper
	sick atomic.Bool
	bad  func()
}

func (h *hook) RoundTrip(r *http.Request) (*http.Response, error) {
	if h.sick.Load() {
		h.bad()
	}
	return h.next.RoundTrip(r)
}

// hooked is a client whose transport does something bad.
func hooked(f *fleet, bad func()) (*sdk.Client, *hook) {
	h := &hook{next: f.transport, bad: bad}
	h.sick.Store(true)
	return f.clientWith(sdk.Config{Endpoints: []string{"a:80"}}, sdk.WithTransport(func(http.RoundTripper) http.RoundTripper { return h })), h
}

func TestAHookThatPanicsOrExitsFailsItsOwnCallsAlone(t *testing.T) {
	for name, bad := range map[string]func(){"panic": func() { panic("boom") }, "Goexit": runtime.Goexit} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, f *fleet) {
				c, h := hooked(f, bad)
				var group sync.WaitGroup
				for i := range 20 {
					group.Go(func() {
						err := refuses(t, c, []string{"boom", "good", "other"}[i%3], nil)
						if !strings.Contains(err.Error(), "WithTransport") {
							t.Errorf("got %v", err)
						}
					})
				}
				group.Wait()
				h.sick.Store(false)
				expect(t, c, "boom", true, sdk.Fresh)
				if s := c.Stats().Replicas[0]; s.Failures != 0 || s.Breaker != "closed" {
					t.Errorf("the replica was blamed: %+v", s)
				}
			}, "a")
		})
	}
}

func TestAHookThatReturnsNothingFailsItsOwnCallsAlone(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		c := f.clientWith(sdk.Config{Endpoints: []string{"a:80"}}, sdk.WithTransport(func(http.RoundTripper) http.RoundTripper { return void{} }))
		refuses(t, c, "a", nil)
	}, "a")
}

type void struct{}

func (void) RoundTrip(*http.Request) (*http.Response, error) { return nil, nil } //nolint:nilnil // that is the fault

func TestCallersOfABlockedHookLeaveAtTheirDeadline(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		healed := make(chan struct{})
		c, h := hooked(f, func() { <-healed })
		leaving(t, c, "a", 50*time.Millisecond)
		h.sick.Store(false)
		expect(t, c, "b", true, sdk.Fresh)
		close(healed)
	}, "a")
}

func TestCloseNamesTheHookThatDoesNotReturn(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		healed := make(chan struct{})
		c, _ := hooked(f, func() { <-healed })
		failed := make(chan error, 1)
		go func() {
			_, err := c.Validate(context.Background(), "a")
			failed <- err
		}()
		<-time.After(10 * time.Millisecond)
		start := time.Now()
		err := c.Close()
		took(t, start, 5*time.Second)
		if err == nil || err.Error() != "ms2: close: the adopter's transport (WithTransport) has not returned from 1 call(s)" {
			t.Errorf("got %v", err)
		}
		if err := <-failed; !errors.Is(err, sdk.ErrClosed) {
			t.Errorf("the check got %v", err)
		}
		close(healed)
	}, "a")
}
