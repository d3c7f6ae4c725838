package flight

import (
	"hash/maphash"
	"time"
)

// forgotten is when SIDs were last invalidated: an answer that a cache on the way had before then must not be kept. SIDs
// share a bounded number of places, so a SID may read as invalidated when another was; it is then asked for past all caches
// on the way, which costs no correctness. The zero value works. Guarded by Batcher.mu.
type forgotten struct {
	seed  maphash.Seed
	times []time.Time // by place; nil until the first
}

// forgottenPlaces is how many there are: 24 KiB.
const forgottenPlaces = 1024

func (f *forgotten) note(sid string, now time.Time) {
	if f.times == nil {
		f.seed, f.times = maphash.MakeSeed(), make([]time.Time, forgottenPlaces)
	}
	f.times[f.place(sid)] = now
}

// at is when the SID was last invalidated, the zero time for never.
func (f *forgotten) at(sid string) time.Time {
	if f.times == nil {
		return time.Time{}
	}
	return f.times[f.place(sid)]
}

func (f *forgotten) place(sid string) uint64 { return maphash.String(f.seed, sid) % forgottenPlaces }
