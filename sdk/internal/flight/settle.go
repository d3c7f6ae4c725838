package flight

import (
	"errors"
	"math"
	"time"

	"ms2.internal/lb/sdk/internal/cache"
	"ms2.internal/lb/sdk/internal/delivery"
)

// How flights end, or go on in parts. All of it happens under the lock that guards joining.

// errAbandoned ends a flight that nobody waits for; nobody sees it.
var errAbandoned = errors.New("nobody waits for it any more")

// Settle ends each flight that has an entry, in the order of Items, and keeps the entry unless it was invalidated
// meanwhile. It returns how many flights are left.
func (n *batch) Settle(entries []*cache.Entry) int {
	n.batcher.mu.Lock()
	defer n.batcher.mu.Unlock()
	rest, now, sum := n.flights[:0], time.Now(), 0.0
	for i, f := range n.flights {
		if entries[i] != nil {
			n.batcher.finishLocked(f, entries[i], nil)
			took := now.Sub(f.began)
			sum += math.Log(max(1, float64(took)))
			if f.waiters > 0 {
				n.batcher.took.RecordAt(now, took)
			}
		} else {
			rest = append(rest, f)
		}
	}
	if answered := len(n.flights) - len(rest); answered > 0 {
		n.batcher.dispatcher.limit.observe(n.trip.gathered, answered, sum)
	}
	n.flights = rest
	return len(rest)
}

// Fail ends all flights that are left.
func (n *batch) Fail(err error) {
	n.batcher.mu.Lock()
	defer n.batcher.mu.Unlock()
	n.failLocked(err)
}

func (n *batch) failLocked(err error) {
	for _, f := range n.flights {
		n.batcher.finishLocked(f, nil, err)
	}
	n.flights = nil
}

// Offer lets the checks of a batch that failed once have what was believed before, where MS2 allows that. The batch goes
// on behind them, out of the way of others.
func (n *batch) Offer() {
	b := n.batcher
	b.mu.Lock()
	defer b.mu.Unlock()
	b.dispatcher.makeWayLarge(n.trip)
	b.dispatchLocked()
	now, offered := time.Now(), false
	for _, f := range n.flights {
		offered = b.offerHeldLocked(f, now) || f.failed || offered // to one whose time ran short, it may have been before
	}
	if offered && n.offer != nil {
		close(n.offer)
		n.offer = nil
	}
}

// offerHeldLocked lets the checks of a flight have what was held, and reports whether they may have it from now on.
func (b *Batcher) offerHeldLocked(f *flight, now time.Time) bool {
	if f.failed || !f.mayOffer(now) {
		return false
	}
	f.held.Fail()
	if f.waiters > 0 {
		f.awaitLocked(now.Add(b.options.Patience)) // the refresh itself, which does not leave
	}
	f.failed = true
	return true
}

// Split carries the flights that are left on in parts, each by carry on a goroutine of its own, and returns how many parts
// there are: part is the number of each flight's. The parts exist before anybody learns that the batch has ended.
func (n *batch) Split(part []int, carry func(part delivery.Batch, i int)) int {
	parts := n.divide(part, carry)
	for _, part := range parts {
		part.share() // who waits for it comes later
	}
	return len(parts)
}

func (n *batch) divide(part []int, carry func(part delivery.Batch, i int)) (parts []*batch) {
	n.batcher.mu.Lock()
	defer n.batcher.mu.Unlock()
	of := map[int]*batch{}
	for k, f := range n.flights {
		if f.waiters == 0 {
			n.batcher.finishLocked(f, nil, errAbandoned)
			continue
		}
		i := part[k]
		if of[i] == nil {
			of[i] = n.partLocked(func(b *batch) { carry(b, i) })
			parts = append(parts, of[i])
		}
		of[i].flights = append(of[i].flights, f)
	}
	n.flights = nil
	for _, part := range parts {
		part.live = len(part.flights)
		part.sentLocked()
	}
	return parts
}

// partLocked returns a part of the batch, to be carried by carry.
func (n *batch) partLocked(carry func(*batch)) *batch {
	part := n.batcher.newLocked(n.trip)
	part.part = func() { carry(part) }
	return part
}

// leaveLocked takes one off who waits for a flight that has not ended.
func (b *Batcher) leaveLocked(f *flight) {
	if f.waiters--; f.waiters > 0 {
		return
	}
	n := f.batch
	n.live--
	if f.phase == gathering {
		n.size -= int(f.size)
		b.finishLocked(f, nil, errAbandoned)
	}
	if n.live == 0 {
		b.abandonLocked(n)
	}
}

// abandonLocked ends the work on a batch that nobody waits for, unless its attempt runs on. Nobody joins its flights any more;
// what they bring is kept.
func (b *Batcher) abandonLocked(n *batch) {
	for _, f := range n.flights {
		if b.live[f.sid] == f {
			b.supersedeLocked(f)
		}
	}
	b.dispatcher.drop(n)
	if last := n.last.Load(); n.stage == underWay && last != nil && last.RunsOn() {
		n.runsOn = true
		n.trip.deserted++
		b.desertLocked(n.trip)
		return
	}
	n.cancel()
}

// desertLocked gives up the place of a trip all of whose parts run on.
func (b *Batcher) desertLocked(t *trip) {
	if t.deserted == t.parts {
		b.dispatcher.makeWay(t)
		b.dispatchLocked()
	}
}

// finishLocked ends a flight.
func (b *Batcher) finishLocked(f *flight, e *cache.Entry, err error) {
	if f.phase == over {
		return
	}
	if f.phase == gathering {
		b.dispatcher.waiting--
	}
	if f.waiters > 0 {
		f.batch.live--
	}
	f.phase, f.entry, f.err = over, e, err
	alone := b.endLocked(f)
	if e != nil {
		b.keepLocked(f, alone)
	}
}

// keepLocked keeps what a flight brought; what must not be kept still ends what is older. alone says that no other flight of
// the SID is under way.
func (b *Batcher) keepLocked(f *flight, alone bool) {
	e := f.entry
	e.Spread(float64(f.place))
	onTheWay := e.Aged > 0 && !e.Asked.Add(-e.Aged).After(f.forgotten) // a cache had it before it was invalidated
	if onTheWay || !e.Asked.After(f.since) {
		b.cache.Outdate(f.sid, e.Asked)
	} else {
		b.cache.Put(f.sid, e)
	}
	if !alone {
		b.outdateLocked(f.sid, e.Asked.Add(-1)) // of two asked for at once either may be kept
	}
}
