package flight

import (
	"slices"
	"time"
)

// A check that requires an answer requested from now on begins a flight beside one that was sent before, and so does one
// after Invalidate. All bring an answer to those who wait for them, in any order; what is kept must be the newest, and
// nothing older than what was forgotten.

// Invalidate forgets verdicts, those on their way included.
func (b *Batcher) Invalidate(sids []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	for _, sid := range sids {
		b.cache.Forget(sid)
		b.forgotten.Note(sid, now)
		if f := b.live[sid]; f != nil && f.phase == gathering {
			f.held, f.forgotten = nil, now // it will be asked after this, but not by the version forgotten
		} else if f != nil {
			b.supersedeLocked(f)
		}
		for _, f := range b.superseded[sid] {
			f.forgotten = now
		}
		b.outdateLocked(sid, now)
	}
}

// supersedeLocked lets nobody join a flight that was sent; it goes on for those who wait for it.
func (b *Batcher) supersedeLocked(f *flight) {
	delete(b.live, f.sid)
	b.superseded[f.sid] = append(b.superseded[f.sid], f)
}

// outdateLocked has the flights of a SID that are under way keep no answer that was asked for until then.
func (b *Batcher) outdateLocked(sid string, then time.Time) {
	for _, f := range b.superseded[sid] {
		f.since = later(f.since, then)
	}
	if f := b.live[sid]; f != nil && f.phase == sent {
		f.since = later(f.since, then)
	} else if f != nil && f.held != nil && !f.held.Asked.After(then) {
		f.holdLocked(b.cache.Get(sid)) // what it held is no answer any more, whatever its own comes to
	}
}

// endLocked lets nobody join a flight that is over, and reports whether no other of its SID is under way.
func (b *Batcher) endLocked(f *flight) (alone bool) {
	if b.live[f.sid] == f {
		delete(b.live, f.sid)
		return len(b.superseded[f.sid]) == 0
	}
	if rest := slices.DeleteFunc(b.superseded[f.sid], func(o *flight) bool { return o == f }); len(rest) > 0 {
		b.superseded[f.sid] = rest
	} else {
		delete(b.superseded, f.sid)
	}
	return false
}
