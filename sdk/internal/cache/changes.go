package cache

import (
	"hash/maphash"
	"sync/atomic"
	"time"
)

// Changes is when SIDs were last known to change: what MS2 said before then is no answer. SIDs share a fixed number of places, so one
// may read as changed when another was; MS2 is then asked, which costs no correctness. A nil Changes takes no notes. It may be used
// concurrently.
type Changes struct {
	seed  maphash.Seed
	start time.Time      // with a monotonic reading
	times []atomic.Int64 // by place: nanoseconds after start, by the monotonic clock; 0 for never
}

// NewChanges has so many places, of 8 bytes each. It begins a nanosecond before now, so that no change is at 0.
func NewChanges(places int) *Changes {
	return &Changes{seed: maphash.MakeSeed(), start: time.Now().Add(-1), times: make([]atomic.Int64, places)}
}

// Note notes that a SID changes now.
func (c *Changes) Note(sid string, now time.Time) {
	if c == nil {
		return
	}
	place, at := c.place(sid), int64(now.Sub(c.start))
	for last := place.Load(); last < at && !place.CompareAndSwap(last, at); {
		last = place.Load()
	}
}

// At is when the SID last changed, the zero time for never. Its monotonic reading counts: the wall clock may have been set since.
func (c *Changes) At(sid string) time.Time {
	at := c.place(sid).Load()
	if at == 0 {
		return time.Time{}
	}
	return c.start.Add(time.Duration(at))
}

func (c *Changes) place(sid string) *atomic.Int64 {
	return &c.times[maphash.String(c.seed, sid)%uint64(len(c.times))]
}
