package delivery

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"ms2.internal/lb/sdk/internal/attempt"
)

// A request of the caller's own, other than a check, goes the same way: a replica is picked, and what fails goes on to another out of
// the one budget, if it may be sent again. Its answer is handed out with the body still to be read (stream.go).

// forward is such a request on its way. It is the caller of its trail.
type forward struct {
	*trail
	carrier  *Carrier
	req      *http.Request
	upload   *upload
	ctx      context.Context // of all attempts and of the body: the request's own, and ends when the client closes
	cancel   context.CancelCauseFunc
	unfollow func() bool // stops following the client's end
	deadline time.Time   // of the answer's beginning
	repeats  bool        // by its method or its key it may be sent more than once
	kept     *try        // the last answer that came, though a better one is looked for; nil for none
	doubts   []doubt
	answered bool // by an answer that is no failure
}

// Forward sends a request for MS2 and returns the answer, whose body the caller closes. The request is not changed, its body is closed
// in every case. The error is a [*Failure], or says what of the request is refused. An answer is never an error, whatever its status:
// when all attempts fail the last answer is returned.
func (c *Carrier) Forward(req *http.Request) (resp *http.Response, err error) {
	f := &forward{carrier: c, req: req, upload: newUpload(req)}
	if err := forwardable(req); err != nil {
		f.upload.close()
		return nil, err
	}
	if c.options.Context.Err() != nil || !c.forwards.begin() {
		f.upload.close()
		return nil, ErrClosed
	}
	f.begin()
	handed := false
	defer func() { // after a panic of the request's GetBody too
		if resp == nil && err == nil {
			c.faulted(errPanicked)
		}
		if !handed {
			f.end()
		}
	}()
	t, err := f.carry()
	if err != nil {
		c.counters.Forwarded.Failed.Add(1)
		return nil, err
	}
	handed = f.handOut(t)
	return t.Response, nil
}

// errPanicked says what a call ends with that neither returns an answer nor an error.
const errPanicked = "the adopter's request (Body, GetBody) panicked or exited its goroutine"

// begin counts the request, which brings the budget its share, and sets its time.
func (f *forward) begin() {
	c := f.carrier
	c.budget.deposit()
	c.counters.Forwarded.Requests.Add(1)
	f.trail = &trail{caller: f, probe: f.probe}
	f.repeats = repeats(f.req)
	f.deadline = time.Now().Add(c.options.Timeout)
	if own, ok := f.req.Context().Deadline(); ok && own.Before(f.deadline) {
		f.deadline = own
	}
	f.ctx, f.cancel = context.WithCancelCause(f.req.Context())
	f.unfollow = context.AfterFunc(c.options.Context, func() { f.cancel(ErrClosed) })
}

// end lets go of everything. It is called once.
func (f *forward) end() {
	defer f.carrier.forwards.end() // though the Close of the caller's body panics
	if f.kept != nil {
		f.kept.drop()
	}
	f.unfollow()
	f.cancel(context.Canceled)
	f.upload.close()
}

// Context ends with the request's own, or when the client closes.
func (f *forward) Context() context.Context { return f.ctx }

// Remaining is how long the answer may still take to begin.
func (f *forward) Remaining() time.Duration { return time.Until(f.deadline) }

// Offer does nothing: nothing was believed before.
func (f *forward) Offer() {}

// carry makes attempts until there is an answer to hand out.
func (f *forward) carry() (*try, error) {
	defer f.conclude()
	for {
		lease, err := f.carrier.pick(f.trail)
		if err != nil {
			return f.giveUp(err)
		}
		t := f.attempt(lease)
		if t.Next == attempt.Settled {
			f.answered = true
			if t.Whole { // else its body will tell
				f.carrier.counters.Forwarded.answered.Add(1)
			}
			return t, nil
		}
		f.keep(t)
		if !f.mayGoOn(t) {
			return f.giveUp(t.Err)
		}
		f.carrier.count(f.trail, t.Reply)
		if why := f.carrier.prepareRetry(f.trail); why != nil {
			return f.giveUp(fmt.Errorf("%w; %w", t.Err, why))
		}
	}
}

// keep keeps an answer that is handed out if none comes that is better.
func (f *forward) keep(t *try) {
	if t.Response == nil {
		return
	}
	if f.kept != nil {
		f.kept.drop()
	}
	f.kept = t
}

// mayGoOn reports whether the request may be sent again after an attempt: one that may not be repeated only where the replica saw
// nothing of it.
func (f *forward) mayGoOn(t *try) bool {
	return t.Next == attempt.Retry && (f.repeats || t.Unsent) && f.upload.renewable()
}

// giveUp returns the last answer that came, or the error when none did or nobody waits for it any more.
func (f *forward) giveUp(err error) (*try, error) {
	if t := f.kept; t != nil && f.ctx.Err() == nil {
		f.kept = nil
		return t, nil
	}
	if _, picking := err.(*Failure); !picking && f.Remaining() <= 0 && !errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("%w; %w", err, context.DeadlineExceeded)
	}
	return nil, f.failure(f.carrier.closedOr(err))
}

// handOut gives the answer to the caller, and reports whether its body goes on.
func (f *forward) handOut(t *try) (goesOn bool) {
	t.Response.Request = f.req // not the one that bears our token
	if t.Whole {
		t.cancel(context.Canceled)
		return false
	}
	if f.kept != nil {
		f.kept.drop()
		f.kept = nil
	}
	t.Response.Body = newStream(t)
	return true
}
