package transport_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk/internal/hook"
	"ms2.internal/lb/sdk/internal/transport"
)

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// body does as its functions do.
type body struct {
	read  func([]byte) (int, error)
	close func()
}

func (b body) Read(p []byte) (int, error) { return b.read(p) }
func (b body) Close() error               { b.close(); return nil }

// wrapped is a transport of the adopter's alone.
func wrapped(t *testing.T, f roundTrip) (*transport.Transport, *hook.Guard) {
	t.Helper()
	guard := &hook.Guard{}
	tr, err := transport.New(transport.Options{Wrap: func(http.RoundTripper) http.RoundTripper { return f }}, guard)
	if err != nil {
		t.Fatal(err)
	}
	return tr, guard
}

func get(ctx context.Context) *http.Request {
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, "http://a:1/", nil)
	return req
}

func TestAnOpenedBodyIsHandedOnAsItComesAndClosedAtItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		closed := false
		texts := []string{"one", "", "two"}
		tr, guard := wrapped(t, func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Body: body{func(p []byte) (int, error) {
				if len(texts) == 0 {
					return 0, io.EOF
				}
				<-time.After(time.Second)
				text := texts[0]
				texts = texts[1:]
				return copy(p, text), nil
			}, func() { closed = true }}}, nil
		})
		start := time.Now()
		resp, err := tr.Open(get(t.Context()))
		if err != nil || time.Since(start) != 0 {
			t.Fatalf("%v after %v", err, time.Since(start))
		}
		if text, err := io.ReadAll(resp.Body); string(text) != "onetwo" || err != nil || time.Since(start) != 3*time.Second {
			t.Errorf("%q, %v after %v", text, err, time.Since(start))
		}
		if err := guard.Wait(t.Context()); err != nil || !closed {
			t.Errorf("%v, closed %t", err, closed)
		}
	})
}

func TestABodyThatComesAfterItsCallerLeftIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		closed := make(chan struct{})
		tr, guard := wrapped(t, func(*http.Request) (*http.Response, error) {
			<-time.After(time.Second)
			return &http.Response{StatusCode: 200, Body: body{strings.NewReader("x").Read, func() { close(closed) }}}, nil
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if _, err := tr.Open(get(ctx)); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		<-closed
		if err := guard.Wait(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestAnOpenedBodyThatIsClosedEarlyIsReadNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reads, closed := 0, false
		tr, guard := wrapped(t, func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Body: body{func(p []byte) (int, error) { reads++; return len(p), nil }, func() { closed = true }}}, nil
		})
		resp, err := tr.Open(get(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Read(make([]byte, 10)) //nolint:errcheck // some of it
		resp.Body.Close()
		if err := guard.Wait(t.Context()); err != nil || !closed || reads > 2 {
			t.Errorf("%v, closed %t, %d reads", err, closed, reads)
		}
	})
}

func TestNothingIsOpenedWhenTheTimeIsOver(t *testing.T) {
	tr, _ := wrapped(t, func(*http.Request) (*http.Response, error) { t.Error("called"); return nil, io.EOF })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tr.Open(get(ctx)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestAFaultBeforeTheHeaderOrInTheBodyIsTheErrorOfThat(t *testing.T) {
	for says, read := range map[string]func([]byte) (int, error){
		"panicked: boom":                 func([]byte) (int, error) { panic("boom") },
		"panicked: runtime error: slice": func([]byte) (int, error) { return -1, nil },
		"returned neither a response":    nil,
	} {
		tr, _ := wrapped(t, func(*http.Request) (*http.Response, error) {
			if read == nil {
				return &http.Response{StatusCode: 200}, nil
			}
			return &http.Response{StatusCode: 200, Body: body{read, func() {}}}, nil
		})
		resp, err := tr.Open(get(t.Context()))
		if err == nil {
			_, err = io.ReadAll(resp.Body)
		}
		var fault *hook.Fault
		if !errors.As(err, &fault) || !strings.Contains(fault.Error(), says) || strings.Contains(fault.Summary(), "boom") {
			t.Errorf("%s: got %v", says, err)
		}
	}
}
