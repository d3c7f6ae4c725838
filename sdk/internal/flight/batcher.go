package flight

import (
	"context"
	"errors"
	"sync"
	"time"

	"ms2.internal/lb/sdk/internal/cache"
	"ms2.internal/lb/sdk/internal/delivery"
	"ms2.internal/lb/sdk/internal/latency"
)

// Batcher brings checks together in flights and flights in batches. It may be used concurrently.
type Batcher struct {
	options Options
	cache   *cache.Cache
	carrier *delivery.Carrier
	running sync.WaitGroup // the goroutines of batches
	waiters sync.Pool
	took    latency.Histogram // until what callers waited for was answered

	mu         sync.Mutex // locked for a whole method, by defer; a method named Locked is called with it
	closed     bool
	counters   Counters
	live       map[string]*flight   // those that may be joined
	superseded map[string][]*flight // those under way that may not, any more
	quarantine quarantine
	forgotten  *cache.Changes // an answer that a cache on the way had before then must not be kept
	dispatcher dispatcher
	trips      map[*trip]bool // that have not ended
	alarm      alarm          // for the first deadline in them
	standby    []*batch       // whose call has begun, without a check in them
	servers    int            // goroutines that keep them
}

// Options say how checks become batches. All of them were checked before.
type Options struct {
	Context  context.Context // ends when the client closes, with delivery.ErrClosed for its cause
	BatchMax int             // SIDs in a batch
	InFlight int             // batches under way at once, at most
	QueueMax int             // SIDs that wait for a batch
	Patience time.Duration   // of a check that nobody waits for, as after a stale answer
}

// Counters are what a batcher counts, since it was made.
type Counters struct {
	Coalesced int64 // checks that shared the flight of an earlier one
	Refreshes int64 // flights that began behind a stale answer
}

// ErrOverloaded is the error of a check that would have to wait behind Options.QueueMax others.
var ErrOverloaded = errors.New("too many checks are waiting (MS2_QUEUE_MAX)")

// forgottenPlaces is how many places the SIDs that were invalidated have: 8 KiB. One that shares a place is asked for past all caches on
// the way.
const forgottenPlaces = 1024

// New returns a batcher whose batches are carried by carrier, and whose verdicts are kept in c, which may be nil.
func New(o Options, c *cache.Cache, carrier *delivery.Carrier) *Batcher {
	b := &Batcher{
		options:    o,
		cache:      c,
		carrier:    carrier,
		live:       map[string]*flight{},
		superseded: map[string][]*flight{},
		dispatcher: dispatcher{limit: newLimit(o.InFlight)},
		trips:      map[*trip]bool{},
		forgotten:  cache.NewChanges(forgottenPlaces),
	}
	b.alarm.timer = time.AfterFunc(time.Hour, b.expire) // set again when somebody waits
	b.waiters.New = func() any { return &Waiter{batcher: b, expired: make(chan struct{}, 1)} }
	return b
}

// Counters returns what was counted so far.
func (b *Batcher) Counters() Counters {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.counters
}

// Latency is how long it took of late until what callers waited for was answered, from the first of them on.
func (b *Batcher) Latency() (latency.Summary, bool) { return b.took.Recent() }

// Join finds the question a place in a flight, or an entry that came in since the cache was asked. The error is
// ErrOverloaded or delivery.ErrClosed.
func (b *Batcher) Join(q *Question) (*Waiter, *cache.Entry, error) {
	w, e, err := b.join(q)
	if w != nil {
		w.share()
	}
	return w, e, err
}

func (b *Batcher) join(q *Question) (*Waiter, *cache.Entry, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil, nil, delivery.ErrClosed
	}
	f := b.live[q.SID]
	if f != nil && f.serves(q) {
		f.wanted = f.wanted || q.Fresh
		b.promoteLocked(f, q)
		b.counters.Coalesced++
	} else {
		if e := b.cache.Get(q.SID); e != nil && !q.Fresh && e.Within(time.Now(), q.MaxAge) == cache.Fresh {
			return nil, e, nil
		}
		if f = b.takeOffLocked(q); f == nil {
			return nil, nil, ErrOverloaded
		}
	}
	if !q.More {
		b.dispatchLocked()
	}
	return b.waitLocked(f, q), nil, nil
}

// Refresh asks for a SID behind an answer, unless it is being asked.
func (b *Batcher) Refresh(sid string, now time.Time) {
	if n := b.refresh(sid, now); n != nil {
		n.share() // nobody waits for its end
	}
}

// refresh returns the batch that the SID is asked in, nil for none.
func (b *Batcher) refresh(sid string, now time.Time) *batch {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed || b.live[sid] != nil {
		return nil
	}
	f := b.takeOffLocked(&Question{SID: sid, Began: now})
	if f == nil {
		return nil
	}
	b.counters.Refreshes++
	f.awaitLocked(now.Add(b.options.Patience))
	b.dispatchLocked()
	f.batch.beginsLocked()
	return f.batch
}

// takeOffLocked starts a flight; nil when too many wait.
func (b *Batcher) takeOffLocked(q *Question) *flight {
	if b.dispatcher.waiting >= b.options.QueueMax {
		return nil
	}
	if before := b.live[q.SID]; before != nil {
		b.supersedeLocked(before)
	}
	f := &flight{sid: q.SID, began: q.Began, held: b.cache.Get(q.SID), wanted: q.Fresh, forgotten: b.forgotten.At(q.SID)}
	b.live[q.SID] = f
	b.addLocked(f, b.dispatcher.queue(q.Large))
	return f
}

// Flush has what was joined with more to follow sent.
func (b *Batcher) Flush() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.dispatchLocked()
}

// Close refuses further questions. The batches end by themselves, since the context of Options does.
func (b *Batcher) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	b.alarm.timer.Stop()
}

// Wait waits for the batches to end, until ctx does.
func (b *Batcher) Wait(ctx context.Context) error { return delivery.Wait(ctx, &b.running) }

// Stats are what gathers and what is under way at one moment.
type Stats struct {
	Waiting     int // flights that gather
	InFlight    int // batches under way
	Limit       int // batches that may be under way, as found best
	Quarantined int // SIDs that make MS2 fall over, sent alone for a time
}

// Stats describes the moment.
func (b *Batcher) Stats() Stats {
	b.mu.Lock()
	defer b.mu.Unlock()
	d := &b.dispatcher
	return Stats{Waiting: d.waiting, InFlight: d.busy - d.called, Limit: d.limit.now(), Quarantined: b.quarantine.count()}
}
