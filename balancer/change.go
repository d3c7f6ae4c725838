package balancer

import (
	"slices"
	"time"

	"ms2.internal/lb/discovery"
)

// Change tells that a replica is out, or back.
type Change struct {
	Instance discovery.Instance
	Out      bool          // its breaker opened or it was ejected; else neither holds any more
	Why      string        // in words, with numbers
	For      time.Duration // for how long it was out; 0 when Out
}

// judgedOut are the conditions that [Options.OnChange] is told of: the first that comes and the last that goes.
const judgedOut = broken | ejected

// leaveOut gives the replica one of them.
func (r *replica) leaveOut(condition uint32, now time.Duration, why string) {
	r.changes.Lock()
	defer r.changes.Unlock()
	if r.conditions.Or(condition)&judgedOut == 0 {
		r.outSince = now
		r.tell(Change{Out: true, Why: why})
	}
}

// restore takes one of them back.
func (r *replica) restore(condition uint32, now time.Duration, why string) {
	r.changes.Lock()
	defer r.changes.Unlock()
	if r.conditions.And(^condition)&judgedOut == condition {
		r.returned.Store(int64(now))
		r.row.length.Store(0)
		r.tell(Change{Why: why, For: now - r.outSince})
	}
}

// tell calls OnChange, unless the replica was removed.
func (r *replica) tell(c Change) {
	members := r.balancer.fleet.Load().members
	i := slices.IndexFunc(members, func(m member) bool { return m.replica == r })
	if f := r.balancer.options.OnChange; f != nil && i >= 0 {
		c.Instance = *members[i].instance
		f(c)
	}
}
