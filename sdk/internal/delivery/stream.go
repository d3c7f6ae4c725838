package delivery

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync/atomic"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/internal/hook"
)

// stream is the body of an answer in the caller's hands. It ends once: read to its end, cut off, closed, or with the request's context
// or the client; by that the replica is judged.
type stream struct {
	try   *try
	body  io.ReadCloser
	ended atomic.Pointer[error] // what reading it brings from then on; nil before
}

func newStream(t *try) *stream {
	s := &stream{try: t, body: t.Response.Body}
	context.AfterFunc(t.ctx, func() { s.end(context.Cause(t.ctx)) })
	return s
}

// Read reads on. The error after the end is always the same.
func (s *stream) Read(p []byte) (int, error) {
	if why := s.ended.Load(); why != nil {
		return 0, *why
	}
	n, err := s.body.Read(p)
	if err != nil {
		err = s.end(err)
	}
	return n, err
}

// Close ends the stream, and the request with it.
func (s *stream) Close() error {
	s.end(http.ErrBodyReadAfterClose)
	return nil
}

// end lets go of everything, the first time, and returns why it did then. What a read brings after the context has ended is the end
// of that.
func (s *stream) end(why error) error {
	left := why == http.ErrBodyReadAfterClose
	if why != io.EOF && s.try.ctx.Err() != nil {
		why, left = context.Cause(s.try.ctx), true
	}
	if !s.ended.CompareAndSwap(nil, &why) {
		return *s.ended.Load()
	}
	if why == io.EOF {
		s.body.Close() // before the context ends, so that the connection is kept
	}
	s.try.cancel(why)
	s.body.Close()
	s.judge(why, left)
	s.try.forward.end()
	return why
}

// judge reports what the end says of the replica: nothing when the caller left, or code of the adopter's failed.
func (s *stream) judge(why error, left bool) {
	t, reply := s.try, s.try.Reply
	var fault *hook.Fault
	switch {
	case why == io.EOF:
		t.forward.carrier.counters.Forwarded.answered.Add(1)
	case left:
		reply.Outcome.Result = balancer.Ignored
	case errors.As(why, &fault):
		reply.Outcome.Result = balancer.Ignored
		t.forward.carrier.faulted(fault.Summary())
	default:
		draining, load := reply.Outcome.Draining, reply.Outcome.Load
		reply = attempt.CutOff(t.Status, why)
		if reply.Outcome.Draining, reply.Outcome.Load = draining, load; t.forward.carrier.answering() {
			reply.Outcome.Result = balancer.Refused // as in conclude: the path may be at fault
		}
		t.forward.carrier.counters.Forwarded.Failed.Add(1)
	}
	if t.judged {
		return
	}
	t.heard.Done(reply.Outcome)
	t.forward.carrier.ended(t.replica, reply.Outcome.Result, reply)
}
