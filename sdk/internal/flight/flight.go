package flight

import (
	"time"

	"ms2.internal/lb/sdk/internal/cache"
)

// Question is one check, as far as it needs a flight.
type Question struct {
	SID      string
	Began    time.Time
	Deadline time.Time
	OwnTime  bool          // the caller's context ends at Deadline by itself
	Fresh    bool          // requires an answer requested from now on
	MaxAge   time.Duration // accepts no older verdict; 0 for any
	Large    bool          // is one of very many
	More     bool          // others of the same call follow; it need not be sent before Flush
}

// margin is how long before its deadline the question is answered with what was believed before, where MS2 allows that: a tenth
// of its time, and at least 5 ms, which a goroutine needs to go on.
func (q *Question) margin() time.Duration {
	patience := q.Deadline.Sub(q.Began)
	return min(max(5*time.Millisecond, patience/10), patience/2)
}

// flight is one SID on its way to MS2 and back, for all the checks that wait for it.
type flight struct {
	sid   string
	began time.Time
	held  *cache.Entry // what was believed when it began; nil for nothing

	// What came of it; fixed once it is over.
	entry *cache.Entry
	err   error

	// Guarded by Batcher.mu.
	batch     *batch    // that it is in
	waiters   int       // checks that wait, and one more while it is refreshed behind an answer
	deadline  time.Time // the latest of theirs
	since     time.Time // its verdict is kept only if it was asked for after that: what was before is forgotten, or outdated by a newer one
	forgotten time.Time // when the SID was last invalidated; zero for never
	size      uint32    // that it was counted with in a request
	place     float32   // among those that were sent with it, from 0 to 1
	phase     phase
	wanted    bool // a check requires an answer requested from now on
	fresh     bool // it is asked for past caches on the way; fixed once it was sent
	failed    bool // asking did, once: held may be answered as long as it may be offered
}

// phase is how far a flight has come.
type phase uint8

const (
	gathering phase = iota // others may join, whatever they require
	sent                   // others may join unless they require an answer requested after their call began
	over                   // nobody joins
)

// serves reports whether the flight's answer will be young enough for the question.
func (f *flight) serves(q *Question) bool {
	return f.phase == gathering || !q.Fresh && (q.MaxAge == 0 || time.Since(f.batch.sentAt) <= q.MaxAge)
}

// offered reports whether what was held may be answered now, since asking failed.
func (f *flight) offered() bool { return f.failed && f.mayOffer(time.Now()) }

// mayOffer reports whether what was held may be answered when asking fails: nothing newer came since, and it was not forgotten.
func (f *flight) mayOffer(now time.Time) bool {
	return f.held != nil && f.held.Asked.After(f.since) && f.held.Usable(now)
}

// holdLocked has a flight that gathers hold another entry, nil for none, if that takes no more room in the request.
func (f *flight) holdLocked(e *cache.Entry) {
	if f.held = e; f.wireSize() > int(f.size) {
		f.held = nil
	}
}

// awaitLocked counts one more that waits for the flight until a deadline.
func (f *flight) awaitLocked(deadline time.Time) {
	if f.waiters == 0 {
		f.batch.live++
	}
	f.waiters++
	f.deadline = later(f.deadline, deadline)
}

// wireSize bounds what a flight adds to a request: each byte of the SID may need an escape of two, of the version of six.
func (f *flight) wireSize() int {
	const frame = len(`{"sid":"","version":""},`)
	size := frame + 2*len(f.sid)
	if f.held != nil {
		size += 6 * len(f.held.Version)
	}
	return size
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
