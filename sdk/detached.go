package sdk

import (
	"slices"
	"time"
)

// A check that wants an answer asked for from now on begins a new flight beside one that was sent before, and so does one
// after Invalidate. All bring an answer to those who wait for them, in any order; what is kept must be the newest, and
// nothing older than what was forgotten.

// detachLocked lets nobody join a flight that was sent; it goes on for those who wait for it.
func (c *collector) detachLocked(f *flight) {
	delete(c.live, f.sid)
	c.detached[f.sid] = append(c.detached[f.sid], f)
}

// outdateLocked has the flights of a SID that are under way keep no answer that was asked for until then.
func (c *collector) outdateLocked(sid string, then time.Time) {
	for _, f := range c.detached[sid] {
		f.since = later(f.since, then)
	}
	if f := c.live[sid]; f != nil && f.phase == sent {
		f.since = later(f.since, then)
	}
}

// endLocked lets nobody join a flight that is over.
func (c *collector) endLocked(f *flight) {
	if c.live[f.sid] == f {
		delete(c.live, f.sid)
	} else if rest := slices.DeleteFunc(c.detached[f.sid], func(o *flight) bool { return o == f }); len(rest) > 0 {
		c.detached[f.sid] = rest
	} else {
		delete(c.detached, f.sid)
	}
}
