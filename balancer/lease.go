package balancer

import (
	"time"

	"ms2.internal/lb/discovery"
)

// Result says what an outcome means for the replica.
type Result int

const (
	// Ignored says nothing of the replica but that an answer would have taken longer: the caller gave up, or the fault is the
	// caller's own.
	Ignored Result = iota
	// Success is an answer, whatever it says.
	Success
	// Failure is the replica's fault: no answer, a wrong one, or none in time.
	Failure
	// Refused is an answer that helps nobody: the replica's fault if others answer, the request's if they refuse alike.
	Refused
	// Shed is a refusal for load: the replica lives, and wants less.
	Shed
)

// Outcome is how a request went.
type Outcome struct {
	// Result is what it means for the replica.
	Result Result

	// Missing is the part of the request that the answer left out, 0 to 1 (Success only). It counts as a refusal by that
	// part; an answer that left out all is Refused.
	Missing float64

	// Load is the utilisation that the replica reported, 0 to 1 and above; 0 for none. It is shown, and no reason to pick or not.
	Load float64

	// Draining says that the replica announced that it is leaving. It is then picked only when nothing else is left,
	// until it leaves the set, or until a probe 30 s later is answered without the announcement.
	Draining bool

	// Rest is for how long the replica asked to be left alone (Shed only), at most 5 s; 0 or less means that
	// it did not say, and rests for 100 ms.
	Rest time.Duration
}

// Lease is one use of one replica between [Balancer.Pick] and [Lease.Done]. It has four fields of one word, so as to be kept in
// registers.
type Lease struct {
	member *member
	start  time.Duration
	terms  terms
	probe  *probe // nil unless this request finds something out
}

// terms are what else was settled at the pick.
type terms struct {
	effort     uint32
	generation uint32 // of the breaker, so that a late outcome says nothing of a later state
}

// Instance is the replica to ask.
func (l Lease) Instance() discovery.Instance { return *l.member.instance }

// Probe reports whether this request decides whether a replica that was left out comes back: past its circuit breaker, or
// from being an outlier. It should run until it has a result, even when the caller gives up: to the breaker an Ignored
// outcome is a failed one.
func (l Lease) Probe() bool { return l.forBreaker() || l.trial() }

// forBreaker reports whether the request decides whether the breaker closes.
func (l Lease) forBreaker() bool { return l.probe != nil && l.probe.report != nil }

// trial reports whether the request decides whether an outlier comes back.
func (l Lease) trial() bool { return l.probe != nil && l.probe.trial }

// Done reports the outcome. Call it exactly once for every lease; the lease measured the latency itself. It is harmless
// when the replica was removed meanwhile, and on the zero lease.
func (l Lease) Done(o Outcome) {
	if l.member == nil {
		return
	}
	r := l.member.replica
	now := r.balancer.now()
	r.load.end(l.terms.effort, l.start)
	if o.Result == Success && !o.Draining && o.Missing == 0 && l.probe == nil {
		r.answered(l, o.Load, now) // most: by the shortest way
		return
	}
	if o.Missing != o.Missing { // NaN
		o.Missing = 0
	}
	if o.Result == Success && o.Missing >= 1 {
		o.Result = Refused
	}
	r.tally.count(o.Result)
	r.observe(l, o, now)
	if l.forBreaker() {
		r.probed(l.probe, o.Result, now)
	} else {
		r.breaker.record(l.terms.generation, o.Result)
	}
	r.troubling(o.Result)
}
