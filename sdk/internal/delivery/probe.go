package delivery

import (
	"cmp"
	"slices"
	"sync/atomic"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/internal/cache"
)

// A replica that was left out is probed by a request that a healthy one is asked as well: no caller waits for what it is worth.

// probeBeside has the replica of a lease that is a probe asked for one of the checks a second time, and returns a lease on another
// for the batch. It returns the probe itself where no other replica can be picked. A probe without a token is put off.
func (c *Carrier) probeBeside(t *trail, lease balancer.Lease, avoid []string) balancer.Lease {
	for lease.Probe() {
		avoid = append(slices.Clip(avoid), lease.Instance().ID)
		other, err := c.balancer.Pick(len(t.items), avoid...)
		switch {
		case err != nil:
			return lease
		case slices.Contains(avoid, other.Instance().ID):
			other.Cancel()
			return lease
		case c.takeFor(t):
			c.beginProbe(t, lease)
		default:
			lease.Cancel()
		}
		lease = other
	}
	return lease
}

// beginProbe asks the replica of a lease by the first check, or by what a forward has for it.
func (c *Carrier) beginProbe(t *trail, lease balancer.Lease) {
	if t.probe != nil {
		t.probe(lease)
		return
	}
	item := t.items[0]
	c.running.Go(func() { c.probe(lease, item) })
}

// probe asks for one check for what it says of the replica.
func (c *Carrier) probe(lease balancer.Lease, item attempt.Item) {
	outcome, instance := balancer.Outcome{}, lease.Instance()
	defer func() {
		_ = recover() // of the adopter's transport, whose fault is its own
		lease.Done(outcome)
	}()
	reply := c.ask(instance.ID, c.sender.Doored(instance.ID), []attempt.Item{item}, func(door cache.Door, items []attempt.Item, why *atomic.Int64) attempt.Reply {
		ctx, cancel := c.extra(c.options.Context, cmp.Or(why, &c.counters.Extra.Probe))
		defer cancel()
		began := time.Now()
		reply := c.sender.Send(ctx, instance, door, items, c.options.AttemptTimeout)
		c.timed(instance.ID, began, reply)
		return reply
	})
	if reply.Next == attempt.Confirm {
		c.tally(reply.Outcome.Result, reply)
		reply = c.confirmed(c.options.Context, instance, item, c.options.AttemptTimeout)
	}
	outcome = reply.Outcome
	c.ended(instance.ID, outcome.Result, reply)
}
