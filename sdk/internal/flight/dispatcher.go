package flight

import "container/list"

// dispatcher decides which batch goes next, and when.
//
// Large calls queue apart. Each may have one batch under way, all together at most half the limit; when the limit is one, the
// two queues alternate. So a large call leaves room to others, and a core that does not work for it.
//
// Guarded by Batcher.mu.
type dispatcher struct {
	lone, large queue
	limit       limit
	busy        int  // batches called or under way
	called      int  // those of them that were not sent yet
	waiting     int  // flights that gather
	largeBusy   int  // places that large calls have
	largeCalls  int  // under way
	largeTurn   bool // when both queues could go
}

// queue is the batches that gather, in the order in which they go.
type queue struct {
	list.List        // of *batch, those not called yet
	last      *batch // takes further flights; nil when none does
}

func (d *dispatcher) queue(large bool) *queue {
	if large {
		return &d.large
	}
	return &d.lone
}

// addLocked puts a flight into the last batch of a queue, or into a further one. A SID in quarantine has one to itself.
func (b *Batcher) addLocked(f *flight, q *queue) {
	b.dispatcher.waiting++
	if b.quarantine.holds(f.sid) {
		alone := b.openLocked(q)
		alone.alone = true
		alone.add(f)
		return
	}
	if q.last == nil || !q.last.hasRoom(f, b.options.BatchMax) {
		q.last = b.openLocked(q)
	}
	q.last.add(f)
}

// promoteLocked lets the batch of a large call go with the lone checks when one of those joins it.
func (b *Batcher) promoteLocked(f *flight, q *Question) {
	n, d := f.batch, &b.dispatcher
	if q.Large || n.waiting == nil || n.queue != &d.large {
		return
	}
	d.drop(n)
	n.queue = &d.lone
	n.waiting = d.lone.PushBack(n)
}

// dispatchLocked calls as many batches as there is room for.
func (b *Batcher) dispatchLocked() {
	d := &b.dispatcher
	for n := d.next(); n != nil; n = d.next() {
		n.queue.Remove(n.waiting)
		n.waiting, n.stage = nil, called
		d.busy++
		n.trip.placed = true
		d.called++
		if n.queue == &d.large {
			n.trip.large = true
			d.largeBusy++
		}
		if n.called != nil {
			close(n.called)
		}
	}
}

// next is the batch whose turn it is, nil when none may go.
func (d *dispatcher) next() *batch {
	large := d.large.Len() > 0 && d.largeBusy < max(1, min(d.largeCalls, d.limit.now()/2))
	switch {
	case d.busy >= d.limit.now():
		return nil
	case d.lone.Len() > 0 && !(large && d.largeTurn):
		d.largeTurn = true
		return d.lone.Front().Value.(*batch)
	case large:
		d.largeTurn = false
		return d.large.Front().Value.(*batch)
	}
	return nil
}

// drop takes a batch out of its queue, if it is in one.
func (d *dispatcher) drop(n *batch) {
	if n.queue == nil {
		return
	}
	if n.queue.last == n {
		n.queue.last = nil
	}
	if n.waiting != nil {
		n.queue.Remove(n.waiting)
		n.waiting = nil
	}
}

// sent notes that a batch that was called takes no more flights.
func (d *dispatcher) sent(n *batch) {
	d.called--
	d.drop(n)
}

// makeWayLarge gives up a trip's place among the large ones: it ended, or it failed and will take its time.
func (d *dispatcher) makeWayLarge(t *trip) {
	if t.large {
		t.large = false
		d.largeBusy--
	}
}

// makeWay gives up a trip's place.
func (d *dispatcher) makeWay(t *trip) {
	d.makeWayLarge(t)
	if t.placed {
		t.placed = false
		d.busy--
	}
}

// over notes that the trip of a batch has ended.
func (d *dispatcher) over(n *batch) {
	if n.stage == called {
		d.called--
	}
	d.makeWay(n.trip)
}

// LargeCall counts a large call in, until the function returned is called.
func (b *Batcher) LargeCall() (end func()) {
	count := func(n int) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.dispatcher.largeCalls += n
	}
	count(1)
	return func() { count(-1) }
}
