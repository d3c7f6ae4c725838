package sdk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ms2.internal/lb/sdk/internal/cache"
	"ms2.internal/lb/sdk/protocol"
)

// The path of a check, as far as its caller goes with it: well-formed? → remembered? → a place in a flight → its end.
// How a batch of flights goes on from there is told in send.go.

// question is a check with what it may be answered from.
type question struct {
	CheckOption
	sid      string
	anew     bool      // wants an answer that is asked for from now on
	large    bool      // is one of very many
	more     bool      // others of the same call follow at once, so that it need not be sent before them
	began    time.Time // zero until it has to be asked
	deadline time.Time // likewise
	own      bool      // the deadline is the context's, which ends by itself
}

// recheckPeriod is how often one SID may be asked anew because callers hold another version of it.
const recheckPeriod = time.Second

// Validate checks one SID.
//
// The verdict comes from the cache while MS2 allows, else from MS2: the check shares the request of others for the same
// SID and travels in one batch with others. It returns when there is a verdict, when ctx ends, or after MS2_TIMEOUT,
// whichever comes first; a caller that leaves does not disturb the others. A check made before the first replica is known
// waits for it.
//
// The error is a [*CheckError]; it means that the SID could not be checked, never that it is invalid. Beneath it are
// [ErrMalformedSID], [ErrNoReplicas], [ErrCircuitOpen], [ErrOverloaded], [ErrClosed], the context's own error, or a
// [*CallError] with what the last replica did. Safe for concurrent use.
func (c *Client) Validate(ctx context.Context, sid string, opts ...CheckOption) (Verdict, error) {
	want := narrowed(opts, "")
	e, origin, anew := c.recall(sid, &want)
	if e != nil {
		return verdict(sid, e, origin), nil
	}
	q := question{sid: sid, CheckOption: want, anew: anew}
	v, w, err := c.begin(ctx, &q)
	if w != nil {
		v, err = c.await(ctx, w, &q)
	}
	if err != nil {
		c.counters.fail(err)
		return Verdict{}, &CheckError{SID: sid, Err: err}
	}
	return v, nil
}

// recall finds what is kept of a SID, if MS2 and the caller let it be the answer; anew says that it has to be asked for from
// now on. It allocates nothing. What is kept is well-formed.
func (c *Client) recall(sid string, want *CheckOption) (e *cache.Entry, origin Origin, anew bool) {
	e = c.cache.Get(sid)
	if e == nil || want.noCache || c.closed.Load() {
		return nil, Unknown, false
	}
	now := time.Now()
	state := want.accepts(e, now)
	if state < cache.Expired && want.doubts(e) && e.ClaimRecheck(now, recheckPeriod) {
		return nil, Unknown, true
	}
	switch state {
	case cache.Fresh:
		c.counters.cached.Add(1)
		return e, Cached, false
	case cache.Serving:
		c.collector.refresh(sid, now, now.Add(c.config.Timeout))
		c.counters.stale.Add(1)
		return e, Stale, false
	}
	return nil, Unknown, false
}

// begin finds a question that could not be recalled a place in a flight, or a verdict that came meanwhile.
func (c *Client) begin(ctx context.Context, q *question) (Verdict, *waiter, error) {
	if err := protocol.CheckSID(q.sid); err != nil {
		return Verdict{}, nil, fmt.Errorf("%w: %w", ErrMalformedSID, err)
	}
	if c.closed.Load() {
		return Verdict{}, nil, ErrClosed
	}
	c.counters.misses.Add(1)
	if err := ctx.Err(); err != nil {
		return Verdict{}, nil, fmt.Errorf("not asked: %w before the check began", err)
	}
	q.anew = q.anew || q.noCache
	q.began = time.Now()
	q.deadline = q.began.Add(c.config.Timeout)
	if own, ok := ctx.Deadline(); ok && own.Before(q.deadline) {
		q.deadline, q.own = own, true
	}
	return c.ask(q)
}

// accepts is the state of an entry as the options narrow it.
func (o *CheckOption) accepts(e *cache.Entry, now time.Time) cache.State {
	age := e.Age(now)
	if o.limited && age > o.maxAge {
		return cache.Expired
	}
	return e.State(age)
}

// doubts says that the caller holds another version than the entry has.
func (o *CheckOption) doubts(e *cache.Entry) bool { return o.version != "" && o.version != e.Version }

// ask finds the question a place in a flight.
func (c *Client) ask(q *question) (Verdict, *waiter, error) {
	w, e, err := c.collector.join(q)
	if e != nil && q.doubts(e) && e.Asked.Before(q.began) && e.ClaimRecheck(time.Now(), recheckPeriod) {
		q.anew = true
		w, e, err = c.collector.join(q)
	}
	if e != nil {
		c.counters.cached.Add(1)
		return verdict(q.sid, e, Cached), nil, nil
	}
	return Verdict{}, w, err
}

// await waits for the flight's end, for what may be answered meanwhile, or for the caller's.
func (c *Client) await(ctx context.Context, w *waiter, q *question) (Verdict, error) {
	defer c.collector.waiters.release(w)
	for {
		select {
		case <-w.wake:
			w.taken++
		case <-ctx.Done():
			return c.late(ctx, w, q, ctx.Err())
		}
		switch {
		case w.has(landed):
			return c.landed(ctx, w.flight, q)
		case w.has(expired):
			return c.late(ctx, w, q, context.DeadlineExceeded)
		}
		if v, ok := c.fallBack(w.flight, q); ok {
			c.collector.leave(w)
			return v, nil
		}
	}
}

// late is the end of a check's time, which counts for nothing if the answer was there before: one call for many checks
// may come to each of them late.
func (c *Client) late(ctx context.Context, w *waiter, q *question, why error) (Verdict, error) {
	if w.has(landed) {
		return c.landed(ctx, w.flight, q)
	}
	if w.has(offered) {
		if v, ok := c.fallBack(w.flight, q); ok {
			c.collector.leave(w)
			return v, nil
		}
	}
	return Verdict{}, c.outOfTime(w, q, why)
}

// landed is the answer of a flight that has ended.
func (c *Client) landed(ctx context.Context, f *flight, q *question) (Verdict, error) {
	if f.err != nil {
		if f.offered {
			if v, ok := c.fallBack(f, q); ok {
				return v, nil
			}
		}
		return Verdict{}, f.err
	}
	if q.doubts(f.entry) && !q.anew && f.entry.Asked.Before(q.began) && f.entry.ClaimRecheck(time.Now(), recheckPeriod) {
		return c.askAgain(ctx, q)
	}
	c.counters.fresh.Add(1)
	return verdict(q.sid, f.entry, Fresh), nil
}

// askAgain asks once more for a caller that holds a newer version than a flight that had left before it came.
func (c *Client) askAgain(ctx context.Context, q *question) (Verdict, error) {
	q.anew = true
	v, w, err := c.ask(q)
	if w == nil {
		return v, err
	}
	return c.await(ctx, w, q)
}

// fallBack answers what was believed before the flight, where the question allows it.
func (c *Client) fallBack(f *flight, q *question) (Verdict, bool) {
	held, now := f.held, time.Now()
	if held == nil || q.anew || c.closed.Load() || !held.Usable(now) || q.limited && held.Age(now) > q.maxAge {
		return Verdict{}, false
	}
	c.counters.stale.Add(1)
	return verdict(q.sid, held, Stale), true
}

// outOfTime gives up the place and says what was going on.
func (c *Client) outOfTime(w *waiter, q *question, err error) error {
	last := c.collector.leave(w)
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("no verdict within %v: %w", time.Since(q.began).Round(time.Millisecond), err)
	}
	if last == nil {
		return c.discovery.explain(err)
	}
	return &CallError{Replica: last.Replica, Status: last.Status, Attempts: last.Attempts, Err: fmt.Errorf("%w; last: %w", err, last.Err)}
}
