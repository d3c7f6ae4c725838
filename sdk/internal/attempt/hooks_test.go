package attempt_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/internal/cache"
	"ms2.internal/lb/sdk/internal/hook"
)

// roundTrip is a transport of the adopter's.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// wrapped is a sender over a transport of the adopter's, in front of a replica that answers well.
func wrapped(t *testing.T, wrap func(http.RoundTripper) roundTrip) *stand {
	t.Helper()
	return against(t, answering(200, `{"results":[{"sid":"a","status":"valid"}]}`), func(o *attempt.Options) {
		o.Wrap = func(next http.RoundTripper) http.RoundTripper { return wrap(next) }
	})
}

// body is a body that does as its function does.
type body func() (int, error)

func (b body) Read([]byte) (int, error) { return b() }
func (b body) Close() error             { return nil }

// with is a response of that body.
func with(b io.ReadCloser) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: b}, nil
}

// faults are transports that misbehave, and what is said of them.
var faults = map[string]roundTrip{
	"panicked: boom": func(*http.Request) (*http.Response, error) { panic("boom") },
	"panicked: <nil>": func(*http.Request) (*http.Response, error) {
		panic(errors.New("<nil>"))
	},
	"exited its goroutine": func(*http.Request) (*http.Response, error) {
		runtime.Goexit()
		return nil, nil
	},
	"returned neither": func(*http.Request) (*http.Response, error) { return nil, nil },
	"a body":           func(*http.Request) (*http.Response, error) { return &http.Response{StatusCode: 200}, nil },
	"panicked: late":   func(*http.Request) (*http.Response, error) { return with(body(func() (int, error) { panic("late") })) },
	"panicked: bytes.Buffer": func(*http.Request) (*http.Response, error) {
		return with(body(func() (int, error) { return -1, nil }))
	},
}

func TestAFaultOfTheAdoptersTransportHarmsThatRequestAlone(t *testing.T) {
	for says, fault := range faults {
		var broken atomic.Bool
		s := wrapped(t, func(next http.RoundTripper) roundTrip {
			return func(r *http.Request) (*http.Response, error) {
				if broken.Load() {
					return fault(r)
				}
				return next.RoundTrip(r)
			}
		})
		broken.Store(true)
		for _, r := range []attempt.Reply{s.batch(t, attempt.Item{SID: "a"}), s.single(t, attempt.Item{SID: "a"})} {
			if r.Next != attempt.Faulted || r.Outcome.Result != balancer.Ignored {
				t.Errorf("%s: %+v", says, r)
			}
			saying(t, r, "WithTransport", says)
		}
		broken.Store(false)
		if r := s.batch(t, attempt.Item{SID: "a"}); r.Err != nil {
			t.Errorf("%s: healed, but %v", says, r.Err)
		}
	}
}

func TestAnErrorOfTheAdoptersTransportIsAFailedAttempt(t *testing.T) {
	s := wrapped(t, func(http.RoundTripper) roundTrip {
		return func(*http.Request) (*http.Response, error) { return nil, errors.New("no route") }
	})
	r := s.batch(t, attempt.Item{SID: "a"})
	if r.Next != attempt.Retry || r.Outcome.Result != balancer.Failure {
		t.Errorf("%+v", r)
	}
	saying(t, r, "no route")
}

func TestATransportThatIsNoneIsRefused(t *testing.T) {
	_, err := attempt.New(options(t, func(o *attempt.Options) {
		o.Wrap = func(http.RoundTripper) http.RoundTripper { return nil }
	}), &hook.Guard{})
	if err == nil || !strings.Contains(err.Error(), "WithTransport") {
		t.Error(err)
	}
}

func TestAnAttemptDoesNotWaitForATransportOrABodyThatBlocks(t *testing.T) {
	for _, where := range []string{"transport", "body"} {
		synctest.Test(t, func(t *testing.T) {
			release := make(chan struct{})
			block := roundTrip(func(*http.Request) (*http.Response, error) { <-release; return nil, io.EOF })
			if where == "body" {
				block = func(*http.Request) (*http.Response, error) {
					return with(body(func() (int, error) { <-release; return 0, io.EOF }))
				}
			}
			s := over(t, "a:1", options(t, func(o *attempt.Options) {
				o.Wrap = func(http.RoundTripper) http.RoundTripper { return block }
			}))
			ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, attempt.ErrAttemptTimeout)
			defer cancel()
			began := time.Now()
			r := s.Send(ctx, s.instance, cache.Batch, []attempt.Item{{SID: "a"}}, time.Second)
			if r.Next != attempt.Retry || time.Since(began) != time.Second {
				t.Errorf("%s: %+v after %v", where, r, time.Since(began))
			}
			namesWhatBlocks(t, s.hooks)
			close(release)
			if err := s.hooks.Wait(t.Context()); err != nil {
				t.Errorf("%s: %v", where, err)
			}
		})
	}
}

func namesWhatBlocks(t *testing.T, hooks *hook.Guard) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	err := hooks.Wait(ctx)
	var fault *hook.Fault
	if !errors.As(err, &fault) || fault.Hook != hook.Transport || !strings.Contains(err.Error(), "1 call") {
		t.Errorf("the blocked hook is not named: %v", err)
	}
}

func TestNoHookBeginsWhenTheTimeIsOver(t *testing.T) {
	s := wrapped(t, func(http.RoundTripper) roundTrip {
		return func(*http.Request) (*http.Response, error) { t.Error("called"); return nil, io.EOF }
	})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r := s.Send(ctx, s.instance, cache.Batch, []attempt.Item{{SID: "a"}}, time.Second); r.Next != attempt.GaveUp {
		t.Errorf("%+v", r)
	}
}
