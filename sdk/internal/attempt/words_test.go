package attempt_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"

	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/internal/cache"
)

// secret is in what is asked, as it stands and escaped.
const secret = "prod:sécret/7?x"

// unsayable are parts of it that no summary may hold.
var unsayable = []string{"cret", "prod:", "%C3", "s3cr3t"}

// wrappings are what an adopter's transport may make of an error.
var wrappings = []func(error) error{
	func(err error) error { return &url.Error{Op: "Get", URL: "http://a:1/v1/sids/" + secret, Err: err} },
	func(err error) error {
		return &url.Error{Op: "Get", URL: "/v1/sids/" + url.PathEscape(secret), Err: err}
	},
	func(err error) error { return fmt.Errorf("GET %s with Bearer s3cr3t: %w", secret, err) },
	func(err error) error { return fmt.Errorf("%s: %v", secret, err) },
	func(err error) error { return errors.Join(errors.New(secret), err) },
	func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} },
	func(err error) error { return &net.OpError{Op: "remote error", Err: err} },
	func(err error) error { return &net.OpError{Op: secret, Err: err} },
	func(err error) error { return &net.DNSError{Err: secret, Name: secret, Server: secret, UnwrapErr: err} },
	func(err error) error { return &net.AddrError{Err: err.Error(), Addr: secret} },
}

var innermost = []error{
	errors.New(secret), errors.New("s3cr3t"), errors.New("malformed HTTP response " + secret), io.EOF, io.ErrUnexpectedEOF, syscall.ECONNREFUSED,
	syscall.ECONNRESET, syscall.EHOSTUNREACH, context.DeadlineExceeded, http.ErrSchemeMismatch, net.ErrClosed,
	&net.DNSError{Err: "no such host", Name: secret, IsNotFound: true},
}

// failing is a sender whose transport does that with each request.
func failing(t *testing.T, do func() error) *stand {
	return over(t, "a:1", options(t, func(o *attempt.Options) {
		o.Wrap = func(http.RoundTripper) http.RoundTripper {
			return roundTrip(func(*http.Request) (*http.Response, error) { return nil, do() })
		}
	}))
}

// silentOn fails the test if a summary says what it may not, or nothing at all.
func silentOn(t *testing.T, r attempt.Reply, about any) {
	t.Helper()
	says := r.Summary()
	for _, word := range unsayable {
		if strings.Contains(says, word) {
			t.Errorf("%v: %q", about, says)
		}
	}
	if says == "" || r.Cause == "" {
		t.Errorf("%v: cause %q, %q", about, r.Cause, says)
	}
}

func FuzzASummaryHoldsNothingOfTheRequest(f *testing.F) {
	for i := range innermost {
		f.Add(uint(i), uint(i), uint(3*i+1), uint(7*i+2), i%5 == 0)
	}
	var failure error
	var s *stand
	f.Fuzz(func(t *testing.T, inner, a, b, c uint, panics bool) {
		err := innermost[inner%uint(len(innermost))]
		for _, w := range []uint{a, b, c} {
			if w %= uint(len(wrappings)) + 1; w > 0 {
				err = wrappings[w-1](err)
			}
		}
		failure = err
		s = failing(t, func() error {
			if panics {
				panic(failure)
			}
			return failure
		})
		for _, door := range []cache.Door{cache.Batch, cache.Single} {
			silentOn(t, s.Send(guarded(t), s.instance, door, []attempt.Item{{SID: secret}}, 1e9), err)
		}
		req, _ := http.NewRequest(http.MethodGet, "/"+url.PathEscape(secret), nil)
		silentOn(t, s.Forward(guarded(t), s.instance, req).Reply, err)
	})
}

func TestEveryWrappingOfEveryErrorIsSummedUpInOurWords(t *testing.T) {
	for i := range innermost {
		for a := range wrappings {
			for b := range wrappings {
				err := wrappings[a](wrappings[b](innermost[i]))
				s := failing(t, func() error { return err })
				silentOn(t, s.batch(t, attempt.Item{SID: secret}), err)
			}
		}
	}
}

func TestACauseIsFoundWhateverTheTransportWrapsAroundIt(t *testing.T) {
	for _, c := range []struct {
		err   error
		cause attempt.Cause
		fault attempt.Fault
		says  string
	}{
		{&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, attempt.CauseRefusedConnection, attempt.Connect, "connection refused"},
		{&net.OpError{Op: "dial", Err: syscall.EHOSTUNREACH}, attempt.CauseConnect, attempt.Connect, "no connection: no route to host"},
		{&net.OpError{Op: "dial", Err: &net.DNSError{IsNotFound: true}}, attempt.CauseConnect, attempt.Connect, "no such host"},
		{&net.OpError{Op: "dial", Err: &net.DNSError{}}, attempt.CauseConnect, attempt.Connect, "the lookup of the host failed"},
		{&net.OpError{Op: "dial", Err: errors.New("x")}, attempt.CauseConnect, attempt.Connect, "no connection could be made"},
		{&net.OpError{Op: "dial", Err: context.DeadlineExceeded}, attempt.CauseTimeout, attempt.Timeout, "no connection in time"},
		{io.EOF, attempt.CauseReset, attempt.Reset, "the connection broke before the answer"},
		{&net.OpError{Op: "read", Err: syscall.ECONNRESET}, attempt.CauseReset, attempt.Reset, "the connection broke before the answer"},
		{errors.New("http2: client connection lost"), attempt.CauseReset, attempt.Reset, "the connection broke before the answer"},
		{http.ErrSchemeMismatch, attempt.CauseScheme, attempt.TLS, "speaks http, and we https (MS2_SCHEME)"},
		{context.DeadlineExceeded, attempt.CauseTimeout, attempt.Timeout, "no answer in time"},
		{errors.New("of its own"), attempt.CauseReset, attempt.Reset, "no answer, by an error of type *errors.errorString"},
	} {
		for i, wrap := range append(wrappings[:3:3], func(err error) error { return err }) {
			r := failing(t, func() error { return wrap(c.err) }).batch(t, attempt.Item{SID: "x"})
			if r.Cause != c.cause || r.Fault != c.fault || r.Summary() != c.says {
				t.Errorf("%v, wrapped %d: cause %s, fault %d, %q", c.err, i, r.Cause, r.Fault, r.Summary())
			}
		}
	}
}
