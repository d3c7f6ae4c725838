package attempt

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk/internal/transport"
)

// Forwarded is what came of a request of the caller's own at one replica. Of the Reply it has Next, Outcome, Status, Err, Fault
// and Renewed. Next is Settled for an answer that another replica would not better, Retry for what it may.
type Forwarded struct {
	Reply

	// Response is the answer; nil when none came. Its body must be closed.
	Response *http.Response

	// Whole reports whether the body came to its end and is in memory, so that the outcome is final.
	Whole bool

	// Unsent reports whether no connection was made, so that the replica saw nothing of the request.
	Unsent bool
}

// wholeUpTo is the length up to which an answer is waited for whole, where it names its length.
const wholeUpTo = 64 << 10

// Forward sends a request to a replica as it is, but for the scheme, the host and, unless it brings an Authorization of its own, the
// token. req is not changed. The answer shows the request that was sent, token and all.
//
// A complete answer below 500 but 429 is a Success; 501 and 505 are of the request more than of the replica, so they are Refused
// and final. As long as the body of a Success is not whole its outcome is that of the header.
func (s *Sender) Forward(ctx context.Context, instance discovery.Instance, req *http.Request) Forwarded {
	if s.site(instance.ID) == nil {
		return Forwarded{Reply: Reply{Next: Retry, Err: transport.ErrRemoved}, Unsent: true}
	}
	out, token := s.addressed(ctx, instance, req)
	resp, err := s.transport.Open(out)
	switch {
	case isHeaderTooLarge(err):
		return Forwarded{Reply: Reply{Next: GaveUp, Err: err}} // by HTTP/1 it were an answer, 431
	case err != nil:
		return Forwarded{Reply: s.broken(ctx, err), Unsent: unsent(err)}
	}
	if resp.StatusCode == http.StatusSwitchingProtocols {
		resp.Body.Close()
		return Forwarded{Reply: failed(resp.StatusCode, CauseMalformed, errSwitched)}
	}
	f := Forwarded{Response: resp}
	if text, err := f.takeWhole(req.Method); err == nil {
		f.Reply = forwardReply(&answer{status: resp.StatusCode, header: resp.Header, body: text})
	} else {
		f.Response, f.Reply = nil, s.broken(ctx, err)
		f.Status = resp.StatusCode
	}
	observe(&f.Outcome, resp.Header)
	f.Renewed = resp.StatusCode == http.StatusUnauthorized && token != "" && s.options.Token.Renewed(token)
	return f
}

var errSwitched = errors.New("HTTP 101, which nobody asked for")

// addressed is a copy of the request for the replica, and the token that it bears; "" for none of ours.
func (s *Sender) addressed(ctx context.Context, instance discovery.Instance, req *http.Request) (out *http.Request, token string) {
	out = req.Clone(ctx)
	out.Trailer = req.Trailer // its values may be set while the body is read
	out.URL.Scheme, out.URL.Host, out.Host = s.options.Scheme, instance.Addr, instance.Addr
	if out.Header == nil {
		out.Header = http.Header{}
	}
	for name := range out.Header {
		if strings.EqualFold(name, "Authorization") {
			return out, ""
		}
	}
	if token = s.options.Token.Value(); token != "" {
		out.Header.Set("Authorization", "Bearer "+token)
	}
	return out, token
}

// forwardReply is what an answer means, as far as its header tells.
func forwardReply(a *answer) Reply {
	switch {
	case a.status == http.StatusTooManyRequests, a.status == http.StatusServiceUnavailable && a.header.Get("Retry-After") != "":
		return shed(a)
	case a.status == http.StatusNotImplemented, a.status == http.StatusHTTPVersionNotSupported:
		return Reply{Outcome: balancer.Outcome{Result: balancer.Refused}, Status: a.status}
	case a.status >= http.StatusInternalServerError:
		return failed(a.status, CauseStatus, fmt.Errorf("failed (%s)", a.say()))
	}
	return Reply{Outcome: balancer.Outcome{Result: balancer.Success}, Status: a.status}
}

// takeWhole reads a body whose length is known and small, so that one that is cut off is a failed attempt like any other.
func (f *Forwarded) takeWhole(method string) ([]byte, error) {
	resp, want := f.Response, f.Response.ContentLength
	if method == http.MethodHead || resp.StatusCode == http.StatusNoContent || resp.StatusCode == http.StatusNotModified {
		want = 0 // whatever it says of what is not there
	}
	if want < 0 || want > wholeUpTo {
		return nil, nil
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, want+1))
	resp.Body.Close()
	if err == nil && int64(len(text)) != want {
		err = errors.New("it has not the length that it names")
	}
	if err != nil {
		return nil, fmt.Errorf("HTTP %d, but %w: %w", resp.StatusCode, errCutOff, err)
	}
	f.Whole, resp.Body = true, io.NopCloser(bytes.NewReader(text))
	return text, nil
}

// unsent reports whether no connection was made, or one to somebody else.
func unsent(err error) bool {
	var certificate *tls.CertificateVerificationError
	return isDial(err) || errors.Is(err, transport.ErrRemoved) || errors.As(err, &certificate)
}

// isHeaderTooLarge reports whether nothing was sent because the header is larger than the replica takes, as it said by HTTP/2. The error
// of net/http has no name.
func isHeaderTooLarge(err error) bool {
	return err != nil && strings.Contains(textOf(err), "request header list larger than peer's advertised limit")
}

// Probe asks a replica that was left out, to tell whether it answers: what is asked may be read in part. ctx bounds it.
func (s *Sender) Probe(ctx context.Context, instance discovery.Instance, req *http.Request) Reply {
	f := s.Forward(ctx, instance, req)
	if f.Response == nil {
		return f.Reply
	}
	defer f.Response.Body.Close()
	said, err := io.ReadAll(io.LimitReader(f.Response.Body, 4<<10))
	if a := (&answer{status: f.Status, header: f.Response.Header, body: said, secure: f.Response.TLS != nil}); a.wantsTLS() {
		return wrongScheme(a)
	}
	if err == nil {
		_, err = io.CopyN(io.Discard, f.Response.Body, wholeUpTo)
	}
	if err != nil && err != io.EOF && !f.Whole && !errors.Is(context.Cause(ctx), ErrAttemptTimeout) { // a stream may take its time
		return s.broken(ctx, fmt.Errorf("HTTP %d, but %w: %w", f.Status, errCutOff, err))
	}
	return f.Reply
}

// Overdue is the reply for an answer that began when the time was over, by ctx.
func (s *Sender) Overdue(ctx context.Context) Reply { return s.broken(ctx, ctx.Err()) }

// CutOff is the reply for an answer whose body broke off after it was handed out.
func CutOff(status int, err error) Reply {
	r := failed(status, CauseMalformed, fmt.Errorf("HTTP %d, but %w: %w", status, errCutOff, err))
	r.words = wordsCutOff
	return r
}
