package sdk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ms2.internal/lb/sdk/internal/cache"
	"ms2.internal/lb/sdk/internal/flight"
	"ms2.internal/lb/sdk/protocol"
)

// The half of a check's path that its caller sees: recall (cache) → attested (what came with the data) → join (flight, which
// shares the check) → await → verdict. The half that MS2 sees, from a batch to the wire and back, is internal/delivery/deliver.go.

// Validate checks one SID.
//
// The verdict comes from the cache while MS2 allows, or from what MS2 signed ([AttestedBy]). Else MS2 is asked, together with
// the checks of others. It returns when there is a verdict, when ctx ends, or after MS2_TIMEOUT, whichever comes first; a caller
// that leaves does not disturb the others. A check made before the first replica is known waits for it.
//
// The error is a [*CheckError]; it means that the SID could not be checked, never that it is invalid. Beneath it are
// [ErrMalformedSID], [ErrForged], [ErrNoKind], [ErrNoReplicas], [ErrCircuitOpen], [ErrOverloaded], [ErrClosed], the context's own
// error, or a [*CallError] with what the last replica did. Safe for concurrent use.
func (c *Client) Validate(ctx context.Context, sid string, opts ...CheckOption) (Verdict, error) {
	var want CheckOption
	want.narrow(opts)
	e, origin, renew := c.recall(sid, &want)
	switch {
	case e == nil:
		return c.find(ctx, sid, opts, &want, renew)
	case want.kind != "":
		return c.answer(sid, verdict(sid, e, origin), nil, &want)
	}
	return verdict(sid, e, origin), nil
}

// find gets a verdict that was not recalled: by what came with the data, else by asking MS2 together with others.
func (c *Client) find(ctx context.Context, sid string, opts []CheckOption, want *CheckOption, renew bool) (Verdict, error) {
	var tokens evidence
	v, found, err := c.attested(ctx, sid, opts, want, &tokens, &renew)
	if found || err != nil {
		return c.answer(sid, v, err, want)
	}
	q := want.question(sid, renew)
	v, w, err := c.join(ctx, &q)
	if w != nil {
		v, err = c.await(ctx, w, &q)
	}
	if errors.Is(err, ErrOverloaded) {
		v, err = c.overloaded(&q, err)
	}
	c.contradicted(v, &tokens)
	return c.answer(sid, v, tokens.unattested(err), want)
}

// recall finds what is kept of a SID, if MS2 and the caller let it be the answer; renew reports that it has to be asked for
// from now on. It allocates nothing. What is kept is well-formed.
func (c *Client) recall(sid string, want *CheckOption) (e *cache.Entry, origin Origin, renew bool) {
	e = c.cache.Get(sid)
	if e == nil || want.noCache || want.require || c.closed.Load() {
		return nil, Unknown, false
	}
	now := time.Now()
	state := e.Within(now, want.maxAge)
	if state < cache.Expired && want.doubts(e) && e.ClaimRecheck(now, recheckPeriod) {
		return nil, Unknown, true
	}
	if (state == cache.Serving || !e.Valid || want.verify) && c.looksAt(want) {
		return nil, Unknown, false // what MS2 signed may be newer, spare the request behind, or be forged
	}
	switch state {
	case cache.Fresh:
		c.counters.cached.Add(1)
		return e, Cached, false
	case cache.Serving:
		c.batcher.Refresh(sid, now)
		c.counters.stale.Add(1)
		return e, Stale, false
	}
	return nil, Unknown, false
}

// join finds a question that could not be recalled a place in a flight, or a verdict that came meanwhile.
func (c *Client) join(ctx context.Context, q *question) (Verdict, *flight.Waiter, error) {
	if err := protocol.CheckSID(q.SID); err != nil {
		return Verdict{}, nil, fmt.Errorf("%w: %w", ErrMalformedSID, err)
	}
	if c.closed.Load() {
		return Verdict{}, nil, ErrClosed
	}
	if q.Began.IsZero() { // else it is tried again
		c.counters.misses.Add(1)
	}
	if err := ctx.Err(); err != nil {
		return Verdict{}, nil, fmt.Errorf("not asked: %w before the check began", gone{err})
	}
	q.Began = time.Now()
	q.Deadline = q.Began.Add(c.config.Timeout)
	if own, ok := ctx.Deadline(); ok && own.Before(q.Deadline) && ctx.Done() != nil {
		q.Deadline, q.OwnTime = own, true
	}
	return c.ask(q)
}

// ask joins a flight, past an entry that came meanwhile and is not the version that the caller holds.
func (c *Client) ask(q *question) (Verdict, *flight.Waiter, error) {
	w, e, err := c.batcher.Join(&q.Question)
	if e != nil && q.outdates(e) {
		q.Fresh = true
		w, e, err = c.batcher.Join(&q.Question)
	}
	if e != nil {
		c.counters.cached.Add(1)
		return verdict(q.SID, e, Cached), nil, nil
	}
	return Verdict{}, w, err
}

// await waits for the flight's end, for what may be answered meanwhile, or for the caller's.
func (c *Client) await(ctx context.Context, w *flight.Waiter, q *question) (Verdict, error) {
	defer w.Release()
	for {
		switch w.Wait(ctx) {
		case flight.Landed:
			return c.landed(ctx, w, q)
		case flight.Offered:
			if v, ok := c.fallBack(w.Held(), q); ok {
				w.Leave(false)
				return v, nil
			}
		case flight.Expired:
			return c.late(ctx, w, q, context.DeadlineExceeded)
		case flight.Cancelled:
			return c.late(ctx, w, q, gone{ctx.Err()})
		}
	}
}

// landed is the answer of a flight that has ended. It is asked again for a caller that holds a newer version, or wants a
// younger answer, than a flight that was sent before it came.
func (c *Client) landed(ctx context.Context, w *flight.Waiter, q *question) (Verdict, error) {
	e, offered, err := w.Result()
	switch {
	case err != nil:
		if v, ok := c.otherwise(w.Held(), offered, q); ok {
			return v, nil
		}
		return Verdict{}, callError(err)
	case !q.Fresh && (q.outgrows(e) || q.outdates(e)):
		q.Fresh, q.More = true, false
		v, again, err := c.ask(q)
		if again != nil {
			v, err = c.await(ctx, again, q)
		}
		return v, err
	}
	c.counters.fresh.Add(1)
	return verdict(q.SID, e, Fresh), nil
}

// late handles a passed deadline or a cancelled context. An answer that arrived first still wins: one call for many checks
// may come late to each of them.
func (c *Client) late(ctx context.Context, w *flight.Waiter, q *question, why error) (Verdict, error) {
	landed, offered, last := w.Leave(!q.Fresh && errors.Is(why, context.DeadlineExceeded))
	if landed {
		return c.landed(ctx, w, q)
	}
	if v, ok := c.otherwise(w.Held(), offered, q); ok {
		return v, nil
	}
	return Verdict{}, c.outOfTime(q, why, last)
}

// otherwise answers a question that its flight did not: by what came in meanwhile, since what others had left ran on, or by what was
// believed before, where that is offered.
func (c *Client) otherwise(held *cache.Entry, offered bool, q *question) (Verdict, bool) {
	if e := c.cache.Get(q.SID); e != nil && !q.Fresh && !q.lacks(e) && !c.closed.Load() && e.Within(time.Now(), q.MaxAge) == cache.Fresh {
		c.counters.cached.Add(1)
		return verdict(q.SID, e, Cached), true
	}
	if !offered {
		return Verdict{}, false
	}
	return c.fallBack(held, q)
}

// fallBack answers what was believed before the flight, where the question allows it.
func (c *Client) fallBack(held *cache.Entry, q *question) (Verdict, bool) {
	if held == nil || q.Fresh || c.closed.Load() || !held.UsableWithin(time.Now(), q.MaxAge) {
		return Verdict{}, false
	}
	c.counters.stale.Add(1)
	return verdict(q.SID, held, Stale), true
}
