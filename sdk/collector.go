package sdk

import (
	"context"
	"sync"
	"time"

	"ms2.internal/lb/sdk/internal/cache"
)

// collector makes few requests of many checks. Checks of one SID share a flight (singleflight); flights gather into
// batches without a timer: an idle line sends at once, and while as many batches as allowed are under way, what comes
// gathers and goes together when one returns. (Martin Thompson calls it smart batching.)
//
// The shared work belongs to nobody: it is cancelled when the last check that waits has left, and nobody can join it any
// more from then on, nor once it was invalidated, since one lock guards all of that. golang.org/x/sync/singleflight lets the
// first caller's fate be everybody's; around it all of this would still be needed, and the goroutine that it starts for each
// SID, which would only wait, was a fifth of what a busy check cost.
type collector struct {
	ctx       context.Context // ends when the client closes
	cache     *cache.Cache
	counters  *counters
	send      func(*batch)
	batchMax  int
	queueMax  int
	calls     chan struct{}  // of idle senders
	goroutine sync.WaitGroup // the senders

	mu       sync.Mutex
	closed   bool
	live     map[string]*flight   // those that may be joined
	detached map[string][]*flight // those under way that may not, any more
	apart    map[string]time.Time // SIDs that are sent alone, and until when
	line     line
	waiters  waiters
	batches  map[*batch]bool // under way
}

// newCollector returns the collector of a client that has all its other parts.
func newCollector(c *Client) *collector {
	l := &collector{
		ctx:      c.ctx,
		cache:    c.cache,
		counters: &c.counters,
		send:     c.send,
		batchMax: c.config.BatchMax,
		queueMax: c.config.QueueMax,
		calls:    make(chan struct{}, c.config.BatchInflight),
		live:     map[string]*flight{},
		detached: map[string][]*flight{},
		apart:    map[string]time.Time{},
		batches:  map[*batch]bool{},
		line:     line{limit: newLimit(c.config.BatchInflight)},
	}
	l.waiters.timer = time.AfterFunc(time.Hour, l.expire) // set anew when somebody waits
	return l
}

// join finds the question a place in a flight, or an entry that came in since the cache was asked.
func (c *collector) join(q *question) (*waiter, *cache.Entry, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, nil, ErrClosed
	}
	f := c.live[q.sid]
	if f != nil && !f.serves(q) {
		c.detachLocked(f)
		f = nil
	}
	if f == nil {
		if e := c.cache.Get(q.sid); e != nil && !q.anew && q.accepts(e, time.Now()) == cache.Fresh {
			return nil, e, nil
		}
		if f = c.beginLocked(q); f == nil {
			return nil, nil, ErrOverloaded
		}
	} else {
		c.line.hasten(f, q.large)
		c.counters.coalesced.Add(1)
	}
	if !q.more {
		c.flushLocked()
	}
	if f.phase == sent && f.waiters == 0 {
		f.batch.live++
	}
	f.waiters++
	f.deadline = later(f.deadline, q.deadline)
	return c.waiters.wait(f, q), nil, nil
}

// serves says that the flight's answer will be young enough for the question.
func (f *flight) serves(q *question) bool {
	return f.phase == gathering || !q.anew && (!q.limited || time.Since(f.sentAt) <= q.maxAge)
}

// refresh asks anew behind an answer, unless it is being asked.
func (c *collector) refresh(sid string, now, deadline time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.live[sid] != nil {
		return
	}
	if f := c.beginLocked(&question{sid: sid, began: now}); f != nil {
		f.waiters, f.deadline = 1, deadline
		c.counters.refreshes.Add(1)
		c.flushLocked()
	}
}

// beginLocked starts a flight; nil when too many wait. What calls it sees that the flight is sent.
func (c *collector) beginLocked(q *question) *flight {
	if c.line.waiting() >= c.queueMax {
		return nil
	}
	f := &flight{sid: q.sid, began: q.began, held: c.cache.Get(q.sid)}
	c.live[q.sid] = f
	c.line.add(f, q.large)
	return f
}
