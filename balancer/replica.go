package balancer

import (
	"sync"
	"sync/atomic"
	"time"
)

// replica is what is remembered of one ID for as long as it stays in the set.
type replica struct {
	balancer *Balancer
	caveats  atomic.Uint32 // see [broken] and the others; beside load, since a pick looks at both
	load     load
	tally    tally
	breaker  breaker
	ejection ejection

	changes  sync.Mutex    // orders what is told of it
	outSince time.Duration // guarded by changes

	warmUntil atomic.Int64 // moment at which it is warm

	restUntil  atomic.Int64 // moment until which it asked to be left alone
	restSince  atomic.Int64 // moment at which it first asked
	drainUntil atomic.Int64 // 0: not draining; else the moment of the next probe
	drainSince atomic.Int64 // moment at which that began or ended
}

// drainProbeAfter is when a replica that said that it is leaving, and did not leave, is asked again:
// it may have been restarted under its old identity.
const drainProbeAfter = 30 * time.Second

func newReplica(b *Balancer, id string) *replica {
	r := &replica{balancer: b}
	r.load.decay = b.options.Decay
	r.breaker.init(r, id)
	return r
}

// lease takes the replica into use.
func (r *replica) lease(m *member, now time.Duration, work int) Lease {
	l := Lease{member: m, start: now, terms: terms{effort(work), r.breaker.generation.Load()}}
	r.load.begin(l.terms.effort, now)
	r.tally.picks.Add(1)
	return l
}

// answered takes in a success of no further meaning, as nearly all outcomes are. While all is well it calls nothing.
func (r *replica) answered(l Lease, load float64, now time.Duration) {
	r.tally.successes.Add(1)
	if !r.load.settled(now) {
		r.took(l, now)
	}
	r.load.told(now, load)
	if r.breaker.failing.Load() {
		r.breaker.record(l.terms.generation, Success)
	}
}

// took takes in how long an answer took, unless the replica is cold.
func (r *replica) took(l Lease, now time.Duration) {
	if r.warmth(now) < 1 {
		return
	}
	r.load.succeeded(now, now-l.start, l.terms.effort)
	if b := r.balancer; b.typical.Load() == 0 {
		b.learnTypical(b.fleet.Load())
	}
}

// observe takes from an outcome what it says of the replica, the breaker apart.
func (r *replica) observe(l Lease, o Outcome, now time.Duration) {
	switch o.Result {
	case Success:
		if l.forBreaker() {
			r.load.forgive()
			r.warmUp(now)
		}
		r.took(l, now)
		r.load.told(now, o.Load)
	case Failure, Refused:
		r.load.failed(now, now-l.start, l.terms.effort)
	case Shed:
		r.rest(now, now+min(o.Rest, r.balancer.options.MaxRest))
	}
	if l.trial() {
		r.conclude(now, l, o.Result)
	}
	switch {
	case o.Draining:
		r.drain(now)
	case l.probe != nil && l.probe.drain && o.Result == Success:
		r.stay(now)
	}
}

// stay takes back into use a replica that was leaving.
func (r *replica) stay(now time.Duration) {
	r.drainUntil.Store(0)
	r.drainSince.Store(int64(now))
	r.caveats.And(^draining)
	r.warmUp(now)
	r.balancer.wakeAt(now)
}

// rest leaves the replica alone until a moment. Answers overtake one another: a later one does not shorten what an
// earlier one asked for.
func (r *replica) rest(now, until time.Duration) {
	for {
		current := r.restUntil.Load()
		if int64(until) <= max(current, int64(now)) {
			return
		}
		if r.restUntil.CompareAndSwap(current, int64(until)) {
			if current <= int64(now) {
				r.restSince.Store(int64(now))
			}
			r.caveats.Or(resting)
			return
		}
	}
}

func (r *replica) drain(now time.Duration) {
	if r.drainUntil.Swap(int64(now+drainProbeAfter)) == 0 {
		r.drainSince.Store(int64(now))
	}
	r.caveats.Or(draining)
	r.balancer.wakeAt(now)
}
