package balancer

import (
	"sync/atomic"
	"time"
)

// A replica's caveats are the reasons not to treat it like the others, as bits of one word. Nearly all replicas have
// none, nearly always: a pick that reads 0 looks no further.
const (
	broken   uint32 = 1 << iota // its breaker is not closed
	draining                    // it said that it is leaving
	resting                     // it asked to be left alone, until restUntil
	ejected                     // it is an outlier
	warming                     // it is new, or back
)

// fit says that nothing speaks against the replica.
func (r *replica) fit(now time.Duration) bool {
	c := r.caveats.Load()
	return c == 0 || c&(broken|draining|ejected) == 0 && !r.rests(now)
}

// usable says that it may be asked when nothing better is left.
func (r *replica) usable(now time.Duration) bool {
	c := r.caveats.Load()
	return c == 0 || c&broken == 0 && !r.rests(now)
}

// rests says whether the time for which it asked is not over yet.
func (r *replica) rests(now time.Duration) bool {
	return r.restUntil.Load() > int64(now) || r.expire(resting, &r.restUntil)
}

// expire takes back a caveat whose time, in another word, is over; true when it was prolonged meanwhile.
func (r *replica) expire(caveat uint32, until *atomic.Int64) bool {
	if r.caveats.Load()&caveat == 0 {
		return false
	}
	seen := until.Load()
	r.caveats.And(^caveat)
	if until.Load() == seen {
		return false
	}
	r.caveats.Or(caveat)
	return true
}
