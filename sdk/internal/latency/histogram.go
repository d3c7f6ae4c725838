package latency

import (
	"sync"
	"sync/atomic"
	"time"
)

// window is how long a copy of the counts is the older one, at least.
const window = 30 * time.Second

// Histogram counts durations. The zero value works, and it may be used concurrently.
type Histogram struct {
	counts [buckets]atomic.Uint32 // since ever; they may wrap around, their differences do not
	turned atomic.Int64           // the moment that newer is the state of, from began; a multiple of window

	mu           sync.Mutex      // locked for a whole method, by defer
	older, newer [buckets]uint32 // guarded by mu; the counts at the last two turns
}

// began is the moment that others are counted from, by the monotonic clock. It is so long ago that the clock of a test is not behind it.
var began = time.Now().Add(-100 * 365 * 24 * time.Hour)

// Record counts a duration. A negative one counts as none, one above 4.5 minutes as that.
func (h *Histogram) Record(d time.Duration) { h.RecordAt(time.Now(), d) }

// RecordAt counts a duration for those who know what time it is.
func (h *Histogram) RecordAt(now time.Time, d time.Duration) {
	if since := int64(now.Sub(began)); since-h.turned.Load() >= int64(window) {
		h.turn(since)
	}
	h.counts[bucketOf(d)].Add(1)
}

// turn makes the newer copy the older one, and another.
func (h *Histogram) turn(now int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.turnLocked(now)
}

// turnLocked turns if that is due. Nothing came since it was, or it would have turned then: so what is copied is the state of that
// moment. After a minute what came before is too old.
func (h *Histogram) turnLocked(now int64) {
	age := now - h.turned.Load()
	if age < int64(window) {
		return
	}
	h.older = h.newer
	for i := range h.counts {
		h.newer[i] = h.counts[i].Load()
	}
	if age >= 2*int64(window) {
		h.older = h.newer
	}
	h.turned.Store(now - now%int64(window))
}
