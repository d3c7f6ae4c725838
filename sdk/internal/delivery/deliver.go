package delivery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/internal/cache"
)

// The half of a check's path that MS2 sees. A replica is picked (balancer) → an attempt (attempt, over transport and hook) →
// its outcome to the balancer, its verdicts to all who wait (flight, which keeps them in cache) → what is left goes on.
// The caller's half is sdk/check.go.

// Carry carries a batch to its end: when it returns, every check of it is settled, has failed, or is on its way in a part.
// It may be called concurrently. alone says that its one SID is known to make replicas fall over.
func (c *Carrier) Carry(b Batch, alone bool) {
	t := &trail{batch: b, items: b.Items(), alone: alone}
	if alone {
		t.fell = suspectAfter
	}
	c.begin(t)
	c.carry(t, nil)
}

// begin counts a batch, which brings the budget its share.
func (c *Carrier) begin(t *trail) {
	c.budget.deposit()
	c.counters.Batches.Add(1)
	c.counters.Sizes.count(len(t.items))
}

// carry makes attempts until no check of the batch is left to it. lease is the replica to begin with, nil to pick one.
func (c *Carrier) carry(t *trail, lease *balancer.Lease) {
	defer func() {
		if lease != nil { // after a panic
			lease.Done(balancer.Outcome{})
		}
	}()
	for goesOn := len(t.items) > 0; goesOn; {
		if lease == nil {
			picked, err := c.pick(t)
			if err != nil {
				t.batch.Fail(err)
				return
			}
			lease = &picked
		}
		door := c.sender.Doored(lease.Instance().ID)
		if door == cache.Single && len(t.items) > 1 {
			first := lease
			lease = nil
			c.fanOut(t, first)
			return
		}
		reply := c.attempt(t, lease, door)
		if reply.Next == attempt.Learn && c.budget.take(1) {
			continue // by the other door, on the same lease
		}
		lease.Done(c.blame(t, reply))
		lease = nil
		goesOn = t.settle(reply.Entries) && c.goOn(t, reply)
	}
}

// pick leases a replica that did not fail the batch yet, or any when there is none. It waits for the first snapshot, and
// for a replica that rests, as long as the callers would.
func (c *Carrier) pick(t *trail) (balancer.Lease, error) {
	for {
		if t.batch.Context().Err() != nil {
			return balancer.Lease{}, t.failure(context.Cause(t.batch.Context()))
		}
		told := isClosed(c.finder.First()) // before the pick: the first set may come right after it
		lease, err := c.balancer.Pick(len(t.items), t.tried...)
		if err == nil {
			return lease, nil
		}
		var resting *balancer.RestingError
		switch left := t.batch.Remaining(); {
		case errors.Is(err, balancer.ErrNoReplicas) && !told:
			if !t.wait(left, c.finder.First()) && t.batch.Remaining() <= 0 { // else others joined, who have more time
				return lease, t.failure(c.closedOr(c.finder.Explain(context.DeadlineExceeded)))
			}
		case errors.As(err, &resting) && resting.Wait < left:
			t.batch.Offer()
			if !t.wait(resting.Wait, nil) {
				return lease, t.failure(context.Cause(t.batch.Context()))
			}
		default:
			t.batch.Offer()
			return lease, c.unpicked(t, err)
		}
	}
}

// attempt sends the batch to the leased replica.
func (c *Carrier) attempt(t *trail, lease *balancer.Lease, door cache.Door) attempt.Reply {
	ctx, left, cancel := c.attemptContext(t, lease)
	defer cancel()
	if t.attempts++; t.attempts > 1 {
		c.counters.Retries.Add(1)
	}
	c.counters.Attempts.Add(1)
	t.asking(lease)
	began := time.Now()
	reply := c.sender.Send(ctx, lease.Instance(), door, t.asked(), left)
	t.took = time.Since(began)
	c.counters.Unasked.Add(int64(reply.Unasked))
	c.note(t, lease, reply)
	return reply
}

// attemptContext is the attempt's share of time. The attempt is cancelled when the last waiter leaves; it is not capped by
// today's deadlines, since others may join. A probe of a half-open breaker is cancelled with the client alone, so that it
// always has a result. The replica is told how long the answer is waited for as far as is known.
func (c *Carrier) attemptContext(t *trail, lease *balancer.Lease) (context.Context, time.Duration, context.CancelFunc) {
	parent, timeout := t.batch.Context(), c.options.AttemptTimeout
	left := min(timeout, t.batch.Remaining())
	if lease.Probe() {
		parent, left = c.options.Context, timeout
	}
	ctx, cancel := context.WithTimeoutCause(parent, timeout, attempt.ErrAttemptTimeout)
	return ctx, left, cancel
}

// goOn decides what becomes of the checks that an attempt left without a verdict, and reports whether this trail goes on
// with them.
func (c *Carrier) goOn(t *trail, reply attempt.Reply) bool {
	t.doubt = t.doubt || reply.Doubt
	switch reply.Next {
	case attempt.Retry:
		return c.retry(t)
	case attempt.Split:
		c.halve(t, reply.Err)
	case attempt.Learn:
		t.batch.Fail(t.failure(fmt.Errorf("%w; %w", reply.Err, errBudget)))
	case attempt.GaveUp:
		t.batch.Fail(t.failure(c.closedOr(reply.Err)))
	default:
		t.refuse(t.failure(reply.Err))
	}
	return false
}

// retry prepares the next attempt after a failure, and reports whether it is for the whole batch.
func (c *Carrier) retry(t *trail) bool {
	t.batch.Offer()
	if err := c.prepareRetry(t); err != nil {
		c.giveUp(t, err)
		return false
	}
	n := c.parts(t)
	if n == 1 || !c.budget.take(n-1) { // one was taken for the retry
		return true
	}
	c.split(t, n)
	return false
}
