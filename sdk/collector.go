package sdk

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"ms2.internal/lb/sdk/internal/cache"
	"ms2.internal/lb/sdk/protocol"
)

// collector makes few requests of many checks. Checks of one SID share a flight (singleflight); flights gather into
// batches without a timer: an idle line sends at once, and while as many batches as allowed are under way, what comes
// gathers and goes together when one returns. (Martin Thompson calls it smart batching.)
//
// Singleflight alone lets the first caller's fate be everybody's. Here the shared work belongs to nobody: it is cancelled
// when the last check that waits has left, and its key is forgotten first, under the same lock that guards joining, so
// that nobody joins work which is cancelled or was invalidated.
type collector struct {
	ctx       context.Context // ends when the client closes
	cache     *cache.Cache
	counters  *counters
	send      func(*batch)
	batchMax  int
	inFlight  int
	queueMax  int
	group     singleflight.Group
	calls     chan struct{}
	goroutine sync.WaitGroup // the senders

	mu      sync.Mutex
	apart   map[string]time.Time // SIDs that are sent alone, and until when
	closed  bool
	live    map[string]*flight // those that may be joined
	queue   []*flight          // gathering, and some that were abandoned
	waiting int                // gathering
	busy    int                // senders
	called  int                // those of them that have not taken a batch yet
	idle    int                // senders that wait for a call
}

// join finds the question a place in a flight, or an entry that came in since the cache was asked.
func (c *collector) join(q *question) (*flight, *cache.Entry, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, nil, ErrClosed
	}
	f := c.live[q.sid]
	if f != nil && !f.serves(q, time.Now()) {
		f.forgets = true // the newer flight's verdict is the one to keep
		c.detachLocked(f)
		f = nil
	}
	if f == nil {
		if e := c.cache.Get(q.sid); e != nil && !q.anew && q.accepts(e, time.Now()) == cache.Fresh {
			return nil, e, nil
		}
		if f = c.beginLocked(q.sid); f == nil {
			return nil, nil, ErrOverloaded
		}
		if !q.more {
			c.flushLocked()
		}
	} else {
		c.counters.coalesced.Add(1)
	}
	if f.phase == sent && f.waiters == 0 {
		f.batch.live++
	}
	f.waiters++
	f.deadline = later(f.deadline, q.deadline)
	return f, nil, nil
}

// serves says that the flight's answer will be young enough for the question.
func (f *flight) serves(q *question, now time.Time) bool {
	return f.phase == gathering || !q.anew && (!q.limited || now.Sub(f.sentAt) <= q.maxAge)
}

// refresh asks anew behind an answer, unless it is being asked.
func (c *collector) refresh(sid string, deadline time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.live[sid] != nil {
		return
	}
	if f := c.beginLocked(sid); f != nil {
		f.waiters, f.deadline = 1, deadline
		c.counters.refreshes.Add(1)
		c.flushLocked()
	}
}

// flush sees that what was joined with more to follow is sent.
func (c *collector) flush() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.flushLocked()
}

// flushLocked calls as many senders as it takes to send what gathers, and as the line has room for.
func (c *collector) flushLocked() {
	for c.waiting > c.called*c.batchMax && c.busy < c.inFlight {
		c.busy++
		c.called++
		if c.idle > 0 {
			c.idle--
			c.calls <- struct{}{} // never blocks: it has room for all senders
		} else {
			c.goroutine.Go(c.work)
		}
	}
}

// beginLocked starts a flight; nil when too many wait. What calls it sees that the flight is sent.
func (c *collector) beginLocked(sid string) *flight {
	if c.waiting >= c.queueMax {
		return nil
	}
	c.sweepLocked()
	f := &flight{sid: sid, held: c.cache.Get(sid), early: make(chan struct{}), done: make(chan struct{})}
	c.live[sid] = f
	// Its channel is left alone: all wait on the flight itself. To hand a result to each of many over a channel of its own,
	// as singleflight does, was half of what a busy check cost.
	c.group.DoChan(sid, f.result)
	c.queue = append(c.queue, f)
	c.waiting++
	return f
}

// sweepLocked drops abandoned flights once they are the larger part of the queue, so that checks which come and go while
// the line is busy don't fill the memory.
func (c *collector) sweepLocked() {
	const few = 64
	if len(c.queue) > few+2*c.waiting {
		c.queue = slices.DeleteFunc(c.queue, func(f *flight) bool { return f.phase != gathering })
	}
}

// work sends batches while there are any, and again at each call until the client closes. A sender stays because a new one
// would have to grow its stack anew.
func (c *collector) work() {
	for {
		for b := c.cut(1); b != nil; b = c.cut(0) {
			c.send(b)
		}
		select {
		case <-c.calls:
		case <-c.ctx.Done():
			return
		}
	}
}

// cut takes the next batch off the queue, for a sender that was called for it or that has sent one before. With nothing to
// send the sender is idle, under the lock that calls it.
func (c *collector) cut(called int) *batch {
	runtime.Gosched() // lets checks that are about to join do so, for nothing
	c.mu.Lock()
	defer c.mu.Unlock()
	c.called -= called
	flights := c.gatheredLocked()
	if len(flights) == 0 {
		c.queue = nil
		c.busy--
		c.idle++
		return nil
	}
	c.flushLocked() // what is left
	b := c.batchLocked(flights)
	for i, f := range flights {
		f.place = float64(i) / float64(len(flights))
	}
	if c.isApartLocked(flights[0].sid) {
		b.apart, b.fell = true, suspectAfter
	}
	return b
}

// gatheredLocked takes off the queue what fits into one request; a SID that is set apart has one to itself.
func (c *collector) gatheredLocked() []*flight {
	var flights []*flight
	size := len(`{"items":[]}`)
	for apart := false; len(c.queue) > 0 && len(flights) < c.batchMax && !apart; {
		f := c.queue[0]
		size += wireSize(f)
		apart = c.isApartLocked(f.sid)
		if (apart || size > protocol.MaxRequestBytes) && len(flights) > 0 {
			break
		}
		c.queue = c.queue[1:]
		if f.phase == gathering {
			c.waiting--
			flights = append(flights, f)
		}
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

// batchLocked makes a batch of flights that somebody waits for.
func (c *collector) batchLocked(flights []*flight) *batch {
	b := &batch{flights: flights, live: len(flights)}
	b.ctx, b.cancel = context.WithCancel(c.ctx)
	now := time.Now()
	for _, f := range flights {
		f.phase, f.batch, f.sentAt = sent, b, now
	}
	return b
}

// divide makes batches of at most size flights out of one, without those that nobody waits for any more.
func (c *collector) divide(b *batch, size int) []*batch {
	c.mu.Lock()
	defer c.mu.Unlock()
	var parts []*batch
	var part []*flight
	for i, f := range b.flights {
		if f.waiters > 0 {
			part = append(part, f)
		} else {
			c.finishLocked(f, nil, errAbandoned)
		}
		if len(part) == size || i == len(b.flights)-1 && len(part) > 0 {
			next := c.batchLocked(part)
			next.trail = b.trail
			next.tried = slices.Clone(b.tried)
			next.last.Store(b.last.Load())
			parts, part = append(parts, next), nil
		}
	}
	b.flights = nil
	return parts
}

// remaining is how long the most patient check of a batch will still wait.
func (c *collector) remaining(b *batch) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	var deadline time.Time
	for _, f := range b.flights {
		if f.waiters > 0 {
			deadline = later(deadline, f.deadline)
		}
	}
	return time.Until(deadline)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
