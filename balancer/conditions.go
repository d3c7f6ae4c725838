package balancer

import (
	"sync/atomic"
	"time"
)

// A replica's conditions are the reasons not to treat it like the others, as bits of one word. Nearly all replicas have
// none, nearly always: a pick that reads 0 looks no further.
const (
	broken   uint32 = 1 << iota // its breaker is not closed
	draining                    // it said that it is leaving
	resting                     // it refused for load, see [rest]
	ejected                     // it is an outlier
	mute                        // it is one for answering nothing
	warming                     // it is new, or back
)

// fit reports whether nothing speaks against the replica.
func (r *replica) fit(now time.Duration) bool {
	c := r.conditions.Load()
	return c == 0 || c&(broken|draining|ejected) == 0 && !r.rests(now)
}

// usable reports whether it may be asked when nothing better is left.
func (r *replica) usable(now time.Duration) bool {
	c := r.conditions.Load()
	return c == 0 || c&broken == 0 && r.rest.hard.Load() <= int64(now)
}

// spare reports whether it may be asked when too few are fit. That is no reason to ask what rests or answers nothing.
func (r *replica) spare(now time.Duration) bool {
	c := r.conditions.Load()
	return c == 0 || c&(broken|mute) == 0 && !r.rests(now)
}

// rests reports whether its rest is not over yet.
func (r *replica) rests(now time.Duration) bool {
	return r.rest.until.Load() > int64(now) || r.expire(resting, &r.rest.until)
}

// expire takes back a condition whose time, in another word, is over; true when it was prolonged meanwhile.
func (r *replica) expire(condition uint32, until *atomic.Int64) bool {
	if r.conditions.Load()&condition == 0 {
		return false
	}
	seen := until.Load()
	r.conditions.And(^condition)
	if until.Load() == seen {
		return false
	}
	r.conditions.Or(condition)
	return true
}
