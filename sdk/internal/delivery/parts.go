package delivery

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/semaphore"

	"ms2.internal/lb/balancer"
)

// A batch goes on in parts when it was refused or fell as a whole, and check by check by the single door. Each part runs on a
// goroutine of its own, a limited number at a time.

// halve sends a batch that was refused as a whole in two; a lone check has the refusal for its answer.
func (c *Carrier) halve(t *trail, refusal error) {
	switch {
	case len(t.items) == 1:
		t.refuse(t.failure(refusal))
	case c.budget.take(2):
		c.split(t, 2)
	default:
		t.batch.Fail(t.failure(fmt.Errorf("%w; not split further: %w", refusal, errBudget)))
	}
}

// FanOut is how many parts of one batch may be under way.
const FanOut = 16

// split carries a batch on in n parts, side by side.
func (c *Carrier) split(t *trail, n int) {
	c.counters.Splits.Add(1)
	slots := semaphore.NewWeighted(FanOut)
	t.batch.Split((len(t.items)+n-1)/n, func(b Batch, _ int) {
		part := t.part(b)
		part.inSlot(slots, func() { c.carry(part, nil) })
	})
}

// fanOut sends each check of a batch by itself, for a replica that has the single door alone. Each picks its own replica, but
// for the first, which has the lease.
func (c *Carrier) fanOut(t *trail, lease *balancer.Lease) {
	slots := semaphore.NewWeighted(FanOut)
	parts := t.batch.Split(1, func(b Batch, i int) {
		part := t.part(b)
		if i == 0 {
			c.carry(part, lease)
			return
		}
		part.attempts = 0 // a batch of its own
		part.inSlot(slots, func() {
			c.begin(part)
			c.carry(part, nil)
		})
	})
	if parts == 0 {
		lease.Done(balancer.Outcome{})
	}
}

// part is the trail of a part of the batch.
func (t *trail) part(b Batch) *trail {
	part := *t
	part.batch, part.items, part.tried, part.pauses = b, b.Items(), slices.Clone(t.tried), nil
	if t.last != nil {
		b.Note(t.last)
	}
	return &part
}

// inSlot runs carry once one of the slots is free, unless everybody leaves before.
func (t *trail) inSlot(slots *semaphore.Weighted, carry func()) {
	if slots.Acquire(t.batch.Context(), 1) != nil {
		t.batch.Fail(t.failure(context.Cause(t.batch.Context())))
		return
	}
	defer slots.Release(1)
	carry()
}
