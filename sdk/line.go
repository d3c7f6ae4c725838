package sdk

import (
	"runtime"
	"slices"

	"ms2.internal/lb/sdk/protocol"
)

// line is where flights gather, and how many batches of them are under way. Those of large calls gather apart. One call has one
// batch under way, so that it leaves to others the core that does not work for it; all hold at most half of the line, and take
// turns with the others where that is all of it. Guarded by the collector's mu.
type line struct {
	single, large queue
	limit         limit
	busy          int  // senders
	called        int  // those of them that have not taken a batch yet
	idle          int  // senders that wait for a call
	calls         int  // large ones
	turn          bool // of those
}

// queue is flights in the order in which they came.
type queue struct {
	flights []*flight // that gather, and some that were abandoned or went elsewhere
	waiting int       // those that gather
	busy    int       // batches under way
}

func (l *line) waiting() int { return l.single.waiting + l.large.waiting }

func (l *line) queueOf(f *flight) *queue {
	if f.large {
		return &l.large
	}
	return &l.single
}

// add puts a flight where it belongs. Abandoned ones are dropped once they are the larger part, so that checks which come and
// go while the line is busy don't fill the memory.
func (l *line) add(f *flight, large bool) {
	const few = 64
	f.large = large
	q := l.queueOf(f)
	if len(q.flights) > few+2*q.waiting {
		q.flights = slices.DeleteFunc(q.flights, func(f *flight) bool { return f.phase != gathering || l.queueOf(f) != q })
	}
	q.flights = append(q.flights, f)
	q.waiting++
}

// leave takes a flight that was abandoned out of the count.
func (l *line) leave(f *flight) { l.queueOf(f).waiting-- }

// hasten lets a flight of a large call go with the single ones when one of those joins it.
func (l *line) hasten(f *flight, large bool) {
	if f.phase == gathering && f.large && !large {
		l.leave(f)
		l.add(f, false)
	}
}

// needed is how many batches what gathers makes, as far as it may be sent.
func (l *line) needed(batchMax int) int {
	batches := func(q queue) int { return (q.waiting + batchMax - 1) / batchMax }
	return batches(l.single) + min(batches(l.large), l.largeRoom())
}

// largeRoom is how many more batches of large calls may be under way.
func (l *line) largeRoom() int {
	return max(0, max(1, min(l.calls, l.limit.now()/2))-l.large.busy)
}

// next is the queue whose turn it is, nil when nothing may be sent.
func (l *line) next() *queue {
	large := l.large.waiting > 0 && l.largeRoom() > 0
	switch {
	case l.busy > l.limit.now():
		return nil
	case l.single.waiting > 0 && !(large && l.turn):
		l.turn = true
		return &l.single
	case large:
		l.turn = false
		return &l.large
	}
	return nil
}

// largeCall counts one in, until the function returned is called.
func (c *collector) largeCall() (end func()) {
	count := func(n int) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.line.calls += n
	}
	count(1)
	return func() { count(-1) }
}

// flush sees that what was joined with more to follow is sent.
func (c *collector) flush() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.flushLocked()
}

// flushLocked calls as many senders as what gathers needs, and as the line has room for.
func (c *collector) flushLocked() {
	l := &c.line
	for l.called < l.needed(c.batchMax) && l.busy < l.limit.now() {
		l.busy++
		l.called++
		if l.idle > 0 {
			l.idle--
			c.calls <- struct{}{} // never blocks: it has room for all senders
		} else {
			c.goroutine.Go(c.work)
		}
	}
}

// work sends batches while there are any, and again at each call until the client closes. A sender stays because a new one
// would have to grow its stack anew.
func (c *collector) work() {
	for {
		for b := c.cut(nil); b != nil; b = c.cut(b) {
			c.send(b)
		}
		select {
		case <-c.calls:
		case <-c.ctx.Done():
			return
		}
	}
}

// cut takes the next batch off the line for a sender that was called, or that has sent the last one. With nothing to send the
// sender is idle, under the lock that calls it.
func (c *collector) cut(last *batch) *batch {
	runtime.Gosched() // lets checks that are about to join do so, for nothing
	c.mu.Lock()
	defer c.mu.Unlock()
	if last == nil {
		c.line.called--
	} else {
		c.makeWayLocked(last)
	}
	q := c.line.next()
	if q == nil {
		c.line.busy--
		c.line.idle++
		return nil
	}
	b := c.batchLocked(c.takeLocked(q))
	b.queue, b.waited = q, last != nil
	q.busy++
	c.flushLocked() // what is left
	return b
}

// makeWayLocked gives up the place that a batch has in its queue: it was answered, or it failed and will take its time.
func (c *collector) makeWayLocked(b *batch) {
	if b.queue != nil {
		b.queue.busy--
		b.queue = nil
	}
}

// takeLocked takes off a queue what fits into one request; a SID that is set apart has one to itself.
func (c *collector) takeLocked(q *queue) []*flight {
	var flights []*flight
	size := len(`{"items":[]}`)
	for apart := false; len(q.flights) > 0 && len(flights) < c.batchMax && !apart; {
		f := q.flights[0]
		size += wireSize(f)
		apart = c.isApartLocked(f.sid)
		if (apart || size > protocol.MaxRequestBytes) && len(flights) > 0 {
			break
		}
		q.flights = q.flights[1:]
		if f.phase == gathering && c.line.queueOf(f) == q {
			q.waiting--
			flights = append(flights, f)
		}
	}
	if len(q.flights) == 0 {
		q.flights = nil
	}
	for i, f := range flights {
		f.place = float64(i) / float64(len(flights))
	}
	return flights
}

// wireSize bounds what a flight adds to a request: each byte of the SID may need an escape of two, of the version of six.
func wireSize(f *flight) int {
	const frame = len(`{"sid":"","version":""},`)
	size := frame + 2*len(f.sid)
	if f.held != nil {
		size += 6 * len(f.held.Version)
	}
	return size
}
