package delivery

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/semaphore"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk/internal/attempt"
)

// A batch goes on in parts when it was refused or fell as a whole, when some of its checks have their verdicts, and check by check
// by the single door. Each part runs on a goroutine of its own, a limited number at a time.

// halve sends a batch whose refusal stands in two, each of them asked afresh.
func (c *Carrier) halve(t *trail, reply attempt.Reply) {
	if !c.awaitTokens(t, 2) {
		t.endRefused(fmt.Errorf("%w; not split further: %w", reply.Err, errBudget))
		return
	}
	c.split(t, 2, func(part *trail) {
		part.afresh()
		part.extra = &c.counters.Extra.Split
		part.stood = opinionOf(reply)
		c.carry(part, nil)
	})
}

// setApart sends the checks that a refusal names apart from the others: those get a second opinion, the others are asked afresh.
func (c *Carrier) setApart(t *trail, reply attempt.Reply) {
	if !c.awaitTokens(t, 1) {
		t.endRefused(fmt.Errorf("%w; not split: %w", reply.Err, errBudget))
		return
	}
	part := make([]int, len(t.items))
	for i, named := range reply.Named {
		if named {
			part[i] = 1
		}
	}
	c.counters.Splits.Add(1)
	t.batch.Split(part, func(b Batch, i int) {
		if part := t.part(b); i == 0 {
			part.afresh()
			part.extra = &c.counters.Extra.Split
			c.carry(part, nil)
		} else {
			reply := reply
			reply.Named = all(len(part.items))
			c.resume(part, reply)
		}
	})
}

func all(n int) []bool {
	named := make([]bool, n)
	for i := range named {
		named[i] = true
	}
	return named
}

// FanOut is how many parts of one batch may be under way.
const FanOut = 16

// split carries a batch on in n parts, side by side.
func (c *Carrier) split(t *trail, n int, carry func(part *trail)) {
	if n > 1 {
		c.counters.Splits.Add(1)
	}
	slots := semaphore.NewWeighted(FanOut)
	t.batch.Split(t.inParts(n), func(b Batch, i int) {
		part := t.part(b)
		if i > 0 {
			part.extra = &c.counters.Extra.Split
		}
		part.inSlot(slots, func() { carry(part) })
	})
}

// fanOut sends each check of a batch by itself, for a replica that has the single door alone. Each picks its own replica, but
// for the first, which has the lease, if there is one.
func (c *Carrier) fanOut(t *trail, lease *balancer.Lease) {
	slots := semaphore.NewWeighted(FanOut)
	var first atomic.Pointer[balancer.Lease]
	first.Store(lease)
	parts := t.batch.Split(t.inParts(len(t.items)), func(b Batch, _ int) {
		part := t.part(b)
		if lease := first.Swap(nil); lease != nil {
			c.carry(part, lease)
			return
		}
		part.attempts = 0 // a batch of its own
		part.inSlot(slots, func() {
			c.begin(part)
			c.carry(part, nil)
		})
	})
	if parts == 0 && lease != nil {
		lease.Cancel()
	}
}

// inParts numbers the part of each check, in n of about a size.
func (t *trail) inParts(n int) []int {
	part := make([]int, len(t.items))
	for i := range part {
		part[i] = i * n / len(part)
	}
	return part
}

// part is the trail of a part of the batch.
func (t *trail) part(b Batch) *trail {
	part := *t
	part.caller, part.batch, part.items, part.pauses, part.release = b, b, b.Items(), nil, nil
	part.tried, part.refusals = slices.Clone(t.tried), slices.Clone(t.refusals)
	if t.last != nil {
		b.Note(ended(*t.last))
	}
	return &part
}

// afresh forgets what the whole went through: it says nothing of this part.
func (t *trail) afresh() {
	t.failures, t.tried, t.failed, t.refusals, t.renews = 0, nil, false, nil, false
}

// inSlot runs carry once one of the slots is free, unless everybody leaves before. The slot is given back when the part ends, or
// makes way.
func (t *trail) inSlot(slots *semaphore.Weighted, carry func()) {
	if slots.Acquire(t.batch.Context(), 1) != nil {
		t.batch.Fail(t.failure(context.Cause(t.batch.Context())))
		return
	}
	t.release = sync.OnceFunc(func() { slots.Release(1) })
	defer t.release()
	carry()
}

// makeWay gives up the places that the batch holds: it will take its time.
func (t *trail) makeWay() {
	t.batch.MakeWay()
	if t.release != nil {
		t.release()
	}
}
