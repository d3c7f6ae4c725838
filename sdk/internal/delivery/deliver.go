package delivery

import (
	"context"
	"errors"
	"sync/atomic"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/internal/cache"
)

// The half of a check's path that MS2 sees. A replica is picked (balancer) → an attempt (attempt, over transport and hook) →
// its outcome to the balancer, its verdicts to all who wait (flight, which keeps them in cache) → what is left goes on: after a
// failure to another replica (retry.go), after a refusal to hear a second opinion (opinion.go).
// The caller's half is sdk/check.go.

// Carry carries a batch to its end: when it returns, every check of it is settled, has failed, or is on its way in a part.
// It may be called concurrently. alone says that its one SID is known to make replicas fall over.
func (c *Carrier) Carry(b Batch, alone bool) {
	t := &trail{caller: b, batch: b, items: b.Items(), alone: alone, extra: &c.counters.Extra.Retry}
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
				c.giveUp(t, err)
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
		t.replica = lease.Instance().ID
		reply := c.ask(t.replica, door, t.asked(), func(door cache.Door, items []attempt.Item, why *atomic.Int64) attempt.Reply {
			return c.attempt(t, lease, door, items, why)
		})
		if reply.Next == attempt.Confirm {
			reply = c.confirm(t, &lease, reply)
		}
		if lease != nil {
			lease.Done(c.blame(t, reply))
		} else {
			c.tally(reply.Outcome.Result, reply)
		}
		lease = nil
		goesOn = c.settle(t, reply)
	}
}

// pick leases a replica that did not fail the batch yet, or any when there is none. It waits for the first snapshot, and
// for a replica that rests, as long as the callers would.
func (c *Carrier) pick(t *trail) (balancer.Lease, error) {
	for {
		if t.caller.Context().Err() != nil {
			return balancer.Lease{}, t.failure(context.Cause(t.caller.Context()))
		}
		told := isClosed(c.finder.First()) // before the pick: the first set may come right after it
		avoid := c.avoid(t)
		lease, err := c.balancer.Pick(len(t.items), avoid...)
		if err == nil {
			return c.probeBeside(t, lease, avoid), nil
		}
		var resting *balancer.RestingError
		switch left := t.caller.Remaining(); {
		case errors.Is(err, balancer.ErrNoReplicas) && !told:
			if !t.wait(left, c.finder.First()) && t.caller.Remaining() <= 0 { // else others joined, who have more time
				return lease, t.failure(c.closedOr(c.finder.Explain(context.DeadlineExceeded)))
			}
		case errors.As(err, &resting) && resting.Wait < left:
			t.caller.Offer()
			if !t.wait(resting.Wait, nil) {
				return lease, t.failure(context.Cause(t.caller.Context()))
			}
		default:
			t.caller.Offer()
			return lease, c.unpicked(t, err)
		}
	}
}

// settle gives the checks their verdicts, and reports whether this trail goes on with those that are left. Where some have
// theirs, the others go on in a part, so that nobody waits for those.
func (c *Carrier) settle(t *trail, reply attempt.Reply) bool {
	c.count(t, reply)
	if reply.Entries != nil && len(t.refusals) > 0 {
		c.sender.Overrule(t.refusers())
	}
	switch left := t.settle(reply.Entries); {
	case !left:
	case t.deserted:
		t.batch.Fail(t.failure(errDeserted))
	case reply.Next == attempt.Learn:
		c.fanOut(t, nil)
	case reply.Entries != nil:
		c.split(t, 1, func(part *trail) { c.resume(part, reply) })
	case reply.NamesSome():
		c.setApart(t, reply)
	default:
		return c.goOn(t, reply)
	}
	return false
}

// resume goes on with a part after an attempt at the whole.
func (c *Carrier) resume(t *trail, reply attempt.Reply) {
	if c.goOn(t, reply) {
		c.carry(t, nil)
	}
}

// goOn decides what becomes of the checks that an attempt left without a verdict, and reports whether this trail goes on
// with them.
func (c *Carrier) goOn(t *trail, reply attempt.Reply) bool {
	switch reply.Next {
	case attempt.Retry:
		return c.retry(t)
	case attempt.Refused:
		return c.refused(t, reply)
	case attempt.GaveUp:
		t.batch.Fail(t.failure(c.closedOr(reply.Err)))
	default:
		t.end(t.failure(reply.Err))
	}
	return false
}
