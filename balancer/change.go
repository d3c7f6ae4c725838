package balancer

import (
	"slices"
	"time"

	"ms2.internal/lb/discovery"
)

// Change tells of a change of a replica's state. What time alone brings is not told: the end of a warm-up or of a rest.
type Change struct {
	Instance discovery.Instance
	Kind     ChangeKind
	From, To State         // what [ReplicaStats] said before, and says now; an Out leads to [Broken] or [Ejected] in any case
	Reason   Reason        // why; of a Back [ReasonReturned]
	Why      string        // the same in words, with numbers; of what ended, why it did
	Evidence Evidence      // the numbers
	For      time.Duration // for how long what ended had lasted: of a Back, a Well and the end of leaving; else 0
}

// ChangeKind is what sort of change it is.
type ChangeKind string

// The kinds of changes. Out and Back take turns.
const (
	Out      ChangeKind = "out"      // its breaker opened or it was ejected, the first of them
	Back     ChangeKind = "back"     // neither holds any more
	Stated   ChangeKind = "state"    // any other, such as half-open or leaving
	Withheld ChangeKind = "withheld" // it would be ejected, but there is no room: told once while that goes on
	Ailing   ChangeKind = "ailing"   // it is in use, and something is the matter: unanswered, overdue, slow, sheds load
	Well     ChangeKind = "well"     // that is over, and the replica is not out
)

// judgedOut are the conditions that make a replica out: the first that comes and the last that goes.
const judgedOut = broken | ejected

// leaveOut gives the replica one of them, after what else the change does.
func (r *replica) leaveOut(condition uint32, now time.Duration, do func()) {
	r.changes.Lock()
	defer r.changes.Unlock()
	from := r.state(now)
	do()
	before := r.conditions.Or(condition)
	if condition&^before == ejected {
		r.ejections.Add(1)
		r.balancer.totals.ejected(r.ejection.grounds.Load().reason)
	}
	if before&judgedOut != 0 {
		r.tellState(from, now, 0)
		return
	}
	r.outSince.Store(int64(now))
	r.episode.out()
	to := Broken
	if condition == ejected {
		to = Ejected
	}
	r.tell(Out, from, to, r.grounds(to, now), 0)
}

// restore takes one of them back, after what else the change does.
func (r *replica) restore(condition uint32, now time.Duration, why grounds, do func()) {
	r.changes.Lock()
	defer r.changes.Unlock()
	from := r.state(now)
	do()
	before := r.conditions.And(^condition)
	if before&judgedOut != condition {
		r.tellState(from, now, 0)
		return
	}
	r.returned.Store(int64(now))
	r.row.length.Store(0)
	r.tell(Back, from, r.state(now), why, now-time.Duration(r.outSince.Load()))
}

// change does what may change the state in another way.
func (r *replica) change(now, lasted time.Duration, do func()) {
	r.changes.Lock()
	defer r.changes.Unlock()
	from := r.state(now)
	do()
	r.tellState(from, now, lasted)
}

// tellState tells of the state if it is another. The lock of changes is held.
func (r *replica) tellState(from State, now, lasted time.Duration) {
	if to := r.state(now); to != from {
		r.tell(Stated, from, to, r.grounds(to, now), lasted)
	}
}

// tell calls OnChange, unless the replica was removed. The lock of changes is held.
func (r *replica) tell(kind ChangeKind, from, to State, g grounds, lasted time.Duration) {
	f := r.balancer.options.OnChange
	if f == nil {
		return
	}
	members := r.balancer.fleet.Load().members
	if i := slices.IndexFunc(members, func(m member) bool { return m.replica == r }); i >= 0 {
		f(Change{
			Instance: *members[i].instance, Kind: kind, From: from, To: to,
			Reason: g.reason, Why: g.why, Evidence: g.evidence, For: lasted,
		})
	}
}
