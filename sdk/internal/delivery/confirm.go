package delivery

import (
	"context"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk/internal/attempt"
)

// confirm finds out what a bare 404 means, which may take a tenth of a second: out of the way of others, and when the replica has its
// outcome, unless it is probed by this.
func (c *Carrier) confirm(t *trail, lease **balancer.Lease, reply attempt.Reply) attempt.Reply {
	instance := (*lease).Instance()
	if !(*lease).Probe() {
		(*lease).Done(c.blame(t, reply))
		*lease = nil
	} else {
		c.tally(reply.Outcome.Result, reply)
	}
	if t.deserted {
		return attempt.Reply{Next: attempt.GaveUp, Err: errDeserted, Skipped: true}
	}
	t.makeWay()
	t.attempts++
	return c.confirmed(t.batch.Context(), instance, t.items[0], t.batch.Remaining())
}

// confirmed asks for the control, and for the item again.
func (c *Carrier) confirmed(ctx context.Context, instance discovery.Instance, item attempt.Item, left time.Duration) attempt.Reply {
	ctx, cancel := c.extra(ctx, &c.counters.Extra.SecondOpinion)
	defer cancel()
	return c.sender.Confirm(ctx, instance, item, min(left, c.options.AttemptTimeout))
}
