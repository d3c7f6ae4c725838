package attempt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk/internal/hook"
	"ms2.internal/lb/sdk/internal/transport"
	"ms2.internal/lb/sdk/protocol"
)

// answer is an HTTP answer, read to its end.
type answer struct {
	status  int
	header  http.Header
	body    []byte // valid until release
	asked   time.Time
	told    time.Duration // how long the replica was told that the answer is waited for
	token   string        // that it was asked with
	renewed bool          // the token was refused, and another one is in use since
	secure  bool          // it came by TLS
	buffer  *bytes.Buffer
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// keptBuffer is the largest body whose buffer is kept for the next.
const keptBuffer = 1 << 18

func (a *answer) release() {
	if a.buffer.Cap() <= keptBuffer {
		a.buffer.Reset()
		buffers.Put(a.buffer)
	}
}

var (
	errTooLarge = fmt.Errorf("the body is larger than %d bytes", protocol.MaxResponseBytes)
	errCutOff   = errors.New("its body was cut off")
)

// exchange sends a request and reads the answer. The error tells why no whole answer came.
func (s *Sender) exchange(req *http.Request, remaining time.Duration) (*answer, error) {
	told, token := max(1, remaining.Milliseconds()), s.options.Token.Value()
	req.Header.Set(protocol.HeaderTimeout, strconv.FormatInt(told, 10))
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	a, err := s.transfer(req)
	if err != nil {
		return nil, err
	}
	a.told, a.token = time.Duration(told)*time.Millisecond, token
	a.renewed = a.status == http.StatusUnauthorized && s.options.Token.Renewed(token)
	return a, nil
}

// transfer sends the request and reads the answer to its end.
func (s *Sender) transfer(req *http.Request) (*answer, error) {
	asked := time.Now()
	return transport.Exchange(s.transport, req, func(resp *http.Response) (*answer, error) {
		a := &answer{status: resp.StatusCode, header: resp.Header, asked: asked, secure: resp.TLS != nil, buffer: buffers.Get().(*bytes.Buffer)}
		if err := a.read(resp); err != nil {
			a.release()
			return nil, err
		}
		return a, nil
	})
}

// read reads the body up to the size of the largest answer, or far less where it says no more than why. A larger body is left
// unread, which costs the connection. A body that is cut off is an error where it decides.
func (a *answer) read(resp *http.Response) error {
	const errorBody = 64 << 10
	limit := int64(protocol.MaxResponseBytes)
	if !decisive(resp.StatusCode) {
		limit = errorBody
	}
	n, err := a.buffer.ReadFrom(io.LimitReader(resp.Body, limit+1))
	switch {
	case err != nil && decisive(resp.StatusCode):
		return fmt.Errorf("HTTP %d, but %w: %w", resp.StatusCode, errCutOff, err)
	case resp.StatusCode == http.StatusOK && n > limit:
		return fmt.Errorf("HTTP %d, but %w", resp.StatusCode, errTooLarge)
	}
	a.body = a.buffer.Bytes()
	return nil
}

// decisive reports whether the body of an answer may hold a verdict, or name the SIDs that were refused.
func decisive(status int) bool {
	switch status {
	case http.StatusOK, http.StatusNotFound, http.StatusGone,
		http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// broken is the reply for an exchange that brought no answer.
func (s *Sender) broken(ctx context.Context, err error) Reply {
	var fault *hook.Fault
	switch {
	case errors.As(err, &fault):
		return Reply{Next: Faulted, Cause: CauseHook, Err: err}
	case errors.Is(err, transport.ErrRemoved):
		return Reply{Next: Retry, Err: err}
	case ctx.Err() == nil, errors.Is(context.Cause(ctx), ErrAttemptTimeout):
		return s.lost(cause(ctx, err))
	}
	return Reply{Next: GaveUp, Err: cause(ctx, err)}
}

// lost is the reply for an exchange that the replica did not answer.
func (s *Sender) lost(err error) Reply {
	cause := causeOf(err)
	r := failed(0, cause, err)
	r.words = wordsFor(err, cause, s.options.Timeout)
	return r
}

// ErrAttemptTimeout is the cause of a context that ended because the attempt had its time, and not its callers.
var ErrAttemptTimeout = errors.New("no answer within the attempt timeout")

// cause puts what ended the context in front of the error that net/http made of it.
func cause(ctx context.Context, err error) error {
	if c := context.Cause(ctx); c != nil {
		return c
	}
	return err
}

// observe adds to an outcome the load and the farewell that any answer may carry.
func observe(o *balancer.Outcome, h http.Header) {
	o.Draining = h.Get(protocol.HeaderDraining) == "1"
	o.Load = load(h.Get(protocol.HeaderLoad))
}

// pastCaches has the caches on the way ask MS2 (RFC 9111, 5.2.1.4) if any of the items needs that.
func pastCaches(req *http.Request, items ...Item) {
	if slices.ContainsFunc(items, func(i Item) bool { return i.Fresh }) {
		req.Header.Set("Cache-Control", "no-cache")
	}
}

// request makes a request that net/http may send again on a new connection when the server closed an idle one.
func request(ctx context.Context, method string, target *url.URL, body []byte) *http.Request {
	req := &http.Request{
		Method: method, URL: target, Host: target.Host,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: make(http.Header, 6),
	}
	if body != nil {
		carry(req, body)
	}
	return req.WithContext(ctx)
}

// carry gives the request a body that may be sent again.
func carry(req *http.Request, body []byte) {
	req.ContentLength = int64(len(body))
	req.Body = io.NopCloser(bytes.NewReader(body))
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	req.Header["Idempotency-Key"] = nil // net/http's mark for it; an empty list is not sent
}
