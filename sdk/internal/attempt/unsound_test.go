package attempt_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk/internal/attempt"
)

// unsound is an error whose methods panic, one of them for each name.
type unsound string

func (u unsound) panics(in string) {
	if string(u) == in {
		panic(in)
	}
}

func (u unsound) Error() string   { u.panics("Error"); return "secret" }
func (u unsound) Is(error) bool   { u.panics("Is"); return false }
func (u unsound) As(any) bool     { u.panics("As"); return false }
func (u unsound) Timeout() bool   { u.panics("Timeout"); return false }
func (u unsound) Temporary() bool { return false }

func (u unsound) Unwrap() error {
	u.panics("Unwrap")
	if u == "itself" {
		return u
	}
	return nil
}

// A typed nil is what Go programs return by mistake.
var unsounds = []error{
	(*net.OpError)(nil), (*net.DNSError)(nil), x509.HostnameError{},
	unsound("Error"), unsound("Is"), unsound("As"), unsound("Timeout"), unsound("Unwrap"), unsound("itself"),
}

func TestAnErrorOfTheAdoptersThatPanicsOrWrapsItselfIsAFaultOfTheTransport(t *testing.T) {
	for _, bad := range unsounds {
		for i, err := range []error{bad, fmt.Errorf("x: %w", bad), errors.Join(io.EOF, bad)} {
			s := failing(t, func() error { return err })
			req, _ := http.NewRequest(http.MethodGet, "/data", nil)
			for _, r := range []attempt.Reply{s.batch(t, attempt.Item{SID: "a"}), s.Forward(guarded(t), s.instance, req).Reply} {
				if r.Next != attempt.Faulted || r.Cause != attempt.CauseHook || r.Outcome.Result != balancer.Ignored {
					t.Errorf("%T, wrapped %d: next %d, cause %s", bad, i, r.Next, r.Cause)
				}
			}
		}
	}
}

func TestABodyOfTheAdoptersThatFailsUnsoundlyIsAFaultOfTheTransport(t *testing.T) {
	for _, bad := range unsounds {
		s := wrapped(t, func(http.RoundTripper) roundTrip {
			return func(*http.Request) (*http.Response, error) {
				return with(body(func() (int, error) { return 0, bad }))
			}
		})
		if r := s.batch(t, attempt.Item{SID: "a"}); r.Next != attempt.Faulted {
			t.Errorf("%T: next %d: cause %s", bad, r.Next, r.Cause)
		}
	}
}

// slowly is an error whose text never comes.
type slowly struct{ until <-chan struct{} }

func (s slowly) Error() string { <-s.until; return "" }

func TestAnErrorWhoseTextBlocksIsATimeout(t *testing.T) {
	ctx, cancel := context.WithTimeoutCause(t.Context(), 20*time.Millisecond, attempt.ErrAttemptTimeout)
	defer cancel()
	s := failing(t, func() error { return slowly{t.Context().Done()} })
	req, _ := http.NewRequest(http.MethodGet, "/data", nil)
	if r := s.Forward(ctx, s.instance, req).Reply; r.Cause != attempt.CauseTimeout {
		t.Errorf("cause %s: %v", r.Cause, r.Err)
	}
}
