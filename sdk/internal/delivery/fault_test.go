package delivery_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/internal/delivery"
	"ms2.internal/lb/sdk/internal/hook"
	"ms2.internal/lb/sdk/internal/transport"
)

// told is a first set that was told.
type told struct{}

func (told) First() <-chan struct{}  { done := make(chan struct{}); close(done); return done }
func (told) Explain(err error) error { return err }

// roundTrip is an adopter's transport.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// carrying is a carrier to one replica by the adopter's transport, and the faults that it tells of.
func carrying(t *testing.T, trip roundTrip) (c *delivery.Carrier, faults *[]string) {
	t.Helper()
	token, _ := transport.NewToken("", "")
	s, err := attempt.New(attempt.Options{
		Options: transport.Options{Timeout: time.Second, Wrap: func(http.RoundTripper) http.RoundTripper { return trip }},
		Context: t.Context(), Scheme: "http", Protocol: "batch", Token: token,
	}, &hook.Guard{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	faults = &[]string{}
	b, set := balancer.New(balancer.Options{}), []discovery.Instance{{ID: "a", Addr: "a:1", Weight: 1}}
	s.Update(set, func() { b.Update(set) })
	return delivery.New(delivery.Options{
		Context: t.Context(), Timeout: 2 * time.Second, AttemptTimeout: time.Second, Attempts: 2, Backoff: time.Millisecond,
		OnFault: func(err error) { *faults = append(*faults, err.Error()) },
	}, b, s, told{}), faults
}

// post is a request whose body was sent before, and is opened again by GetBody.
func post(body func() (io.ReadCloser, error)) *http.Request {
	req, _ := http.NewRequestWithContext(context.Background(), http.MethodPost, "http://ms2/usb:secret", strings.NewReader("x"))
	req.Header.Set("Idempotency-Key", "1")
	req.GetBody = body
	return req
}

func TestAFaultOfTheAdoptersTransportIsToldOnceWithoutWhatItPanickedWith(t *testing.T) {
	c, faults := carrying(t, func(r *http.Request) (*http.Response, error) { panic(r.URL.Path) })
	if _, err := c.Forward(post(nil)); err == nil {
		t.Error("no error")
	}
	if len(*faults) != 1 || (*faults)[0] != "the adopter's transport (WithTransport) panicked" {
		t.Errorf("told of %q", *faults)
	}
	if trouble := c.Trouble("a"); trouble.Cause != attempt.CauseHook || strings.Contains(trouble.Last, "secret") {
		t.Errorf("%+v", trouble)
	}
}

func TestAPanicOfGetBodyIsToldOnce(t *testing.T) {
	c, faults := carrying(t, func(r *http.Request) (*http.Response, error) {
		_, _ = io.Copy(io.Discard, r.Body)
		return nil, io.EOF
	})
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the caller did not see the panic")
			}
		}()
		_, _ = c.Forward(post(func() (io.ReadCloser, error) { panic("usb:secret") }))
	}()
	want := "the adopter's request (Body, GetBody) panicked or exited its goroutine"
	if len(*faults) != 1 || (*faults)[0] != want {
		t.Errorf("told of %q", *faults)
	}
	if err := c.Wait(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestAnErrorIsNoFaultOfTheAdopters(t *testing.T) {
	c, faults := carrying(t, func(*http.Request) (*http.Response, error) { return nil, io.EOF })
	_, err := c.Forward(post(nil))
	var failure *delivery.Failure
	if !errors.As(err, &failure) || failure.Cause != attempt.CauseReset || len(*faults) != 0 {
		t.Errorf("%v of %q: %q", err, failure.Cause, *faults)
	}
}
