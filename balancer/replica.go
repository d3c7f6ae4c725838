package balancer

import (
	"math"
	"sync"
	"sync/atomic"
	"time"
)

// replica is what is remembered of one ID for as long as it stays in the set. Its first 64 bytes, a cache line, are all that
// a pick and an answer touch while all is well.
type replica struct {
	balancer   *Balancer
	conditions atomic.Uint32 // see [broken] and the others
	generation atomic.Uint32 // counts the changes of the breaker's state
	load       load
	troubled   atomic.Bool  // there were outcomes since the last answer that were none
	lags       atomic.Int32 // answers in a row that took far longer than the others', up to slowRow; see slow.go
	tally      tally

	breaker  breaker
	ejection ejection
	row      row
	rest     rest

	utilisation atomic.Uint64 // bits of what it last reported, 0 for none

	answeredAt atomic.Int64 // when a request was sent that was answered, the latest but for a tick; -1 for never
	returned   atomic.Int64 // when it was last taken back into use; what was sent before says nothing
	changes    sync.Mutex   // orders what is told of it
	outSince   atomic.Int64 // when it was last judged out
	ejections  atomic.Int32 // how many there were
	withheld   atomic.Int32 // and how many there was no room for
	episode    *episode     // nil until something first ailed it; guarded by changes
	lagsSince  atomic.Int64 // the moment of the last of lags
	lagged     atomic.Int64 // how long the last of them took

	lastChoice atomic.Bool  // its weight is 0, or not known yet
	returns    atomic.Bool  // it warms up, or did, for being back and not for being new
	warmUntil  atomic.Int64 // moment at which it is warm

	drainUntil atomic.Int64 // 0: not draining; else the moment of the next probe
	drainSince atomic.Int64 // moment at which that began or ended
}

// drainProbeAfter is when a replica that said that it is leaving, and did not leave, is asked again:
// it may have been restarted under its old identity.
const drainProbeAfter = 30 * time.Second

func newReplica(b *Balancer, id string) *replica {
	r := &replica{balancer: b}
	r.answeredAt.Store(-1)
	r.lastChoice.Store(true)
	r.breaker.init(r, id)
	return r
}

// lease takes the replica into use.
func (r *replica) lease(m *member, now time.Duration, work int) Lease {
	l := Lease{member: m, start: now, terms: terms{effort(work), r.generation.Load()}}
	r.load.begin(l.terms.effort, now)
	r.tally.picks.Add(1)
	return l
}

// answered takes in a success of no further meaning, as nearly all outcomes are. While all is well it calls nothing.
func (r *replica) answered(l Lease, load float64, now time.Duration) {
	r.tally.successes.Add(1)
	if !r.load.settled(now) {
		r.took(l, now, 0)
	}
	r.report(load)
	if r.troubled.Load() {
		r.recovered(l)
	}
}

// report keeps a utilisation that is plausible, for the operator: in the cost it was worth nothing, being of a moment ago.
func (r *replica) report(utilisation float64) {
	if utilisation > 0 && utilisation <= 1000 {
		r.utilisation.Store(math.Float64bits(utilisation))
	}
}

// took takes in how long an answer took that left out a part.
func (r *replica) took(l Lease, now time.Duration, missing float64) {
	r.answeredAt.Store(int64(l.start))
	switch {
	case missing > 1.0/8: // about where the penalty leaves the narrow band; one that leaves out half in no time would look cheap
		r.load.failed(now, now-l.start, l.terms.effort, missing)
	case r.warmth(now) < 1:
		r.load.weigh(missing, 1)
	default:
		r.load.succeeded(now, now-l.start, l.terms.effort, missing)
		if now-l.start >= slowLeast || r.lags.Load() != 0 {
			r.watchSlow(now, now-l.start, l.terms.effort)
		}
		if b := r.balancer; b.typical.Load() == 0 {
			b.learnTypical(b.fleet.Load(), now)
		}
	}
}

// observe takes from an outcome what it says of the replica, the breaker apart.
func (r *replica) observe(l Lease, o Outcome, now time.Duration) {
	if o.Draining { // before it rests, which hides it
		r.drain(now)
	}
	switch took := now - l.start; o.Result {
	case Success:
		r.succeeded(l, o, now)
	case Failure, Refused:
		if int64(l.start) >= r.returned.Load() {
			r.load.failed(now, took, l.terms.effort, 1)
			r.missed(l.start, now)
		}
	case Shed:
		r.shed(l.start, now, o.Rest)
	default:
		r.load.outlasted(now, took, l.terms.effort)
	}
	if l.trial() {
		r.conclude(now, l, o)
	}
	if l.probe != nil && l.probe.drain && o.Result == Success && !o.Draining {
		r.stay(now)
	}
}

// succeeded takes in a success with all that it may mean.
func (r *replica) succeeded(l Lease, o Outcome, now time.Duration) {
	if l.forBreaker() {
		if now-l.start > max(100*time.Millisecond, band*r.balancer.Typical(int(l.terms.effort)-perRequest)) {
			r.load.failureRate.Store(0) // longer than a new connection takes: it is as slow as it was
		} else {
			r.load.forgive()
		}
		r.comeBack(now)
	}
	if o.Missing > 0 {
		r.unanswered(o.Missing)
	}
	r.took(l, now, o.Missing)
	r.report(o.Load)
	if r.troubled.Load() {
		r.recovered(l)
	}
}

// stay takes back into use a replica that was leaving.
func (r *replica) stay(now time.Duration) {
	r.change(now, now-time.Duration(r.drainSince.Load()), func() {
		r.drainUntil.Store(0)
		r.drainSince.Store(int64(now))
		r.conditions.And(^draining)
		r.comeBack(now)
	})
	r.balancer.wakeAt(now)
}

func (r *replica) drain(now time.Duration) {
	if r.conditions.Load()&draining != 0 {
		r.drainUntil.Store(int64(now + drainProbeAfter))
	} else {
		r.change(now, 0, func() {
			r.drainUntil.Store(int64(now + drainProbeAfter))
			r.drainSince.Store(int64(now))
			r.conditions.Or(draining)
		})
	}
	r.balancer.wakeAt(now)
}
