package sdk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/internal/cache"
)

// The path of a batch: a replica is picked → an attempt → its outcome to the balancer, its verdicts to the cache and to
// all who wait → what is left goes on, to another replica, in parts or by the other door, while the callers' time and the
// budget last.

// send carries a batch to its end.
func (c *Client) send(b *batch) {
	c.budget.deposit()
	c.counters.batches.Add(1)
	c.counters.sizes.count(len(b.flights))
	c.carry(b, nil)
}

// carry makes attempts until no flight of the batch is left. lease is the replica to begin with, nil to pick one.
func (c *Client) carry(b *batch, lease *balancer.Lease) {
	defer c.endSafely(b)
	for len(b.flights) > 0 {
		if lease == nil {
			picked, err := c.pick(b)
			if err != nil {
				c.collector.fail(b, err)
				return
			}
			lease = &picked
		}
		door := c.sender.Doored(lease.Instance().ID)
		if door == cache.Single && len(b.flights) > 1 {
			c.fanOut(b, lease)
			return
		}
		reply := c.attempt(b, lease, door)
		if reply.Next == attempt.Learn && c.budget.take(1) {
			continue // by the other door, on the same lease
		}
		lease.Done(c.blame(b, reply))
		lease = nil
		c.collector.settle(b, reply.Entries)
		c.goOn(b, reply)
	}
}

// endSafely ends what a batch left behind: nothing, unless there is a fault in this package.
func (c *Client) endSafely(b *batch) {
	var err error
	if p := recover(); p != nil {
		err = b.failure(fmt.Errorf("internal fault: %v", p))
	}
	c.collector.over(b, err)
}

// pick leases a replica that did not fail the batch yet, or any when there is none. It waits for the first snapshot, and
// for a replica that rests, as long as the callers would.
func (c *Client) pick(b *batch) (balancer.Lease, error) {
	for {
		if b.ctx.Err() != nil {
			return balancer.Lease{}, b.failure(c.closedOr(context.Cause(b.ctx)))
		}
		told := c.discovery.told() // before the pick: the first set may come right after it
		lease, err := c.balancer.Pick(len(b.flights), b.tried...)
		if err == nil {
			return lease, nil
		}
		var resting *balancer.RestingError
		switch left := c.collector.remaining(b); {
		case errors.Is(err, balancer.ErrNoReplicas) && !told:
			if !c.wait(b, left, c.discovery.first) {
				return lease, b.failure(c.closedOr(c.discovery.explain(context.DeadlineExceeded)))
			}
		case errors.As(err, &resting) && resting.Wait < left:
			c.collector.offerHeld(b, c.config.Timeout)
			if !c.wait(b, resting.Wait, nil) {
				return lease, b.failure(c.closedOr(context.Cause(b.ctx)))
			}
		default:
			c.collector.offerHeld(b, c.config.Timeout)
			return lease, c.unpicked(b, err)
		}
	}
}

// unpicked says why no replica could be asked, and what failed last.
func (c *Client) unpicked(b *batch, err error) error {
	switch {
	case errors.Is(err, balancer.ErrNoReplicas):
		return b.failure(c.discovery.explain(ErrNoReplicas))
	case errors.Is(err, balancer.ErrCircuitOpen):
		err = ErrCircuitOpen
	default: // all rest for longer than the callers wait
		err = fmt.Errorf("%w, which outlasts the deadline: %w", err, context.DeadlineExceeded)
	}
	if last := c.lastFailure.Load(); last != nil {
		return &CallError{Replica: last.Replica, Status: last.Status, Attempts: b.attempts, Err: fmt.Errorf("%w; last: %w", err, last.Err)}
	}
	return b.failure(err)
}

// wait pauses a batch, until done is closed if that is sooner. It says whether the batch may go on.
func (c *Client) wait(b *batch, pause time.Duration, done <-chan struct{}) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-timer.C:
		return done == nil
	case <-b.ctx.Done():
		return false
	}
}

// attempt sends the batch to the leased replica.
func (c *Client) attempt(b *batch, lease *balancer.Lease, door cache.Door) attempt.Reply {
	ctx, left, cancel := c.attemptContext(b, lease)
	defer cancel()
	if b.attempts++; b.attempts > 1 {
		c.counters.retries.Add(1)
	}
	c.counters.attempts.Add(1)
	b.last.Store(b.asking(lease))
	began := time.Now()
	reply := c.sender.Send(ctx, lease.Instance(), door, b.items(), left)
	b.took = time.Since(began)
	c.counters.unasked.Add(int64(reply.Unasked))
	c.note(b, lease, reply)
	return reply
}

// note remembers what an attempt says of its replica, for the next and for errors.
func (c *Client) note(b *batch, lease *balancer.Lease, reply attempt.Reply) {
	if reply.Err == nil || reply.Next == attempt.GaveUp {
		return
	}
	b.before = reply.Err
	last := &CallError{Replica: lease.Instance().Addr, Status: reply.Status, Attempts: b.attempts, Err: reply.Err}
	b.last.Store(last)
	if reply.Next == attempt.Retry {
		if !b.suspect() || len(b.flights) == 1 { // else it is smaller the next time
			b.failures++
		}
		b.tried = append(b.tried, lease.Instance().ID)
		c.lastFailure.Store(last)
	}
}

// attemptContext is the attempt's share of time. It is bound to those who wait by their leaving, and not by their
// deadlines as they are now: others may join. A probe of a half-open breaker is not bound to them at all, so that it always
// has a result. The replica is told how long the answer is waited for as far as is known.
func (c *Client) attemptContext(b *batch, lease *balancer.Lease) (context.Context, time.Duration, context.CancelFunc) {
	parent, timeout := b.ctx, c.config.AttemptTimeout
	left := min(timeout, c.collector.remaining(b))
	if lease.Probe() {
		parent, left = c.ctx, timeout
	}
	ctx, cancel := context.WithTimeoutCause(parent, timeout, attempt.ErrAttemptTimeout)
	return ctx, left, cancel
}

// goOn decides what becomes of the flights that an attempt left without an entry.
func (c *Client) goOn(b *batch, reply attempt.Reply) {
	if len(b.flights) == 0 {
		return
	}
	b.doubt = b.doubt || reply.Doubt
	switch reply.Next {
	case attempt.Retry:
		c.collector.offerHeld(b, c.config.Timeout)
		if err := c.prepareRetry(b); err != nil {
			c.giveUp(b, err)
		} else if n := c.parts(b); n > 1 && c.budget.take(n-1) { // one was taken for the retry
			c.split(b, n)
		}
	case attempt.Split:
		c.halve(b, reply.Err)
	case attempt.Learn:
		c.collector.fail(b, b.failure(fmt.Errorf("%w; %w", reply.Err, errBudget)))
	case attempt.GaveUp:
		c.collector.fail(b, b.failure(c.closedOr(reply.Err)))
	default:
		c.collector.refuse(b, b.failure(reply.Err))
	}
}

// fanOut sends each flight of a batch by itself, some side by side, for a replica that has the single door alone. Each is
// picked for anew, but for the first, which has the lease.
func (c *Client) fanOut(b *batch, lease *balancer.Lease) {
	parts := c.collector.divide(b, 1)
	if len(parts) == 0 {
		lease.Done(balancer.Outcome{})
		return
	}
	var group errgroup.Group
	group.SetLimit(fanOutLimit)
	for i, part := range parts {
		group.Go(func() error {
			if i == 0 {
				c.carry(part, lease)
			} else {
				part.attempts = 0 // a batch of its own
				c.send(part)
			}
			return nil
		})
	}
	_ = group.Wait()
}

// fanOutLimit is how many requests of one batch may be under way by the single door.
const fanOutLimit = 16

// halve sends a batch that was refused as a whole in two; a lone flight has the refusal for its answer.
func (c *Client) halve(b *batch, refusal error) {
	switch {
	case len(b.flights) == 1:
		c.collector.refuse(b, b.failure(refusal))
	case c.budget.take(2):
		c.split(b, 2)
	default:
		c.collector.fail(b, b.failure(fmt.Errorf("%w; not split further: %w", refusal, errBudget)))
	}
}

// split carries a batch on in n parts, side by side.
func (c *Client) split(b *batch, n int) {
	c.counters.splits.Add(1)
	var group errgroup.Group
	group.SetLimit(fanOutLimit)
	for _, part := range c.collector.divide(b, (len(b.flights)+n-1)/n) {
		group.Go(func() error {
			c.carry(part, nil)
			return nil
		})
	}
	_ = group.Wait()
}
