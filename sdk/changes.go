package sdk

import (
	"hash/maphash"
	"sync/atomic"
	"time"
)

// changes is when SIDs were last known to change: what MS2 signed before then is no answer. SIDs share a fixed number of places, so
// one may read as changed when another was; MS2 is then asked, which costs no correctness.
type changes struct {
	seed  maphash.Seed
	start time.Time                  // with a monotonic reading
	times [changePlaces]atomic.Int64 // nanoseconds after start, by the monotonic clock; 0 for never
}

// changePlaces is how many there are: 512 KiB. At 50 changes a second and attestations that live ten minutes, six of ten
// SIDs that did not change still need no request.
const changePlaces = 1 << 16

// newChanges begins a nanosecond before now, so that no change is at 0.
func newChanges() *changes { return &changes{seed: maphash.MakeSeed(), start: time.Now().Add(-1)} }

// note notes that a SID changes now. It does nothing on nil.
func (c *changes) note(sid string, now time.Time) {
	if c == nil {
		return
	}
	place, at := c.place(sid), int64(now.Sub(c.start))
	for last := place.Load(); last < at && !place.CompareAndSwap(last, at); {
		last = place.Load()
	}
}

// at is when the SID last changed, by the wall clock as it is now: setting it, as a machine does that started with a wrong time, makes
// nothing forgotten, and a suspended machine has the change look later than it was. The zero time is for never.
func (c *changes) at(sid string, now time.Time) time.Time {
	at := c.place(sid).Load()
	if at == 0 {
		return time.Time{}
	}
	return now.Add(time.Duration(at) - now.Sub(c.start)).Round(0)
}

func (c *changes) place(sid string) *atomic.Int64 {
	return &c.times[maphash.String(c.seed, sid)%changePlaces]
}
