package balancer

import (
	"fmt"
	"sync/atomic"
	"time"
)

// An outlier is a replica that answers far less of its requests than the median: unlike the breaker this sees one that fails every
// other request or refuses what others answer. It is taken out for a time that doubles while it goes on, and comes back through
// one request that is answered. After Envoy's outlier detection, with the median in place of mean and deviation: one bad replica
// of five moves those. One that is slow stays: its cost keeps requests away, and ejecting it too gained 0.1 % at p99.

const (
	baseEjection = 2 * time.Second  // for how long at first
	maxEjection  = 30 * time.Second // for how long at most, in a row
)

// ejection is a replica's record as an outlier.
type ejection struct {
	record

	until atomic.Int64           // the moment of the next trial
	since atomic.Int64           // when it was last taken out or came back
	why   atomic.Pointer[string] // it was last taken out

	// What follows belongs to the review that is under way.
	length time.Duration // of the latest ejection
	share  float64       // that it did not answer when it was taken out
}

// eject takes the replica out: for twice as long as the last time, unless that is long past.
func (r *replica) eject(now time.Duration, o finding) {
	e := &r.ejection
	if quiet := now - time.Duration(e.since.Load()); quiet > 2*max(e.length, r.balancer.options.WarmUp) {
		e.length = 0
	}
	e.length = min(max(baseEjection, 2*e.length), maxEjection)
	e.share = o.share
	e.why.Store(&o.why)
	e.since.Store(int64(now))
	e.until.Store(int64(now + e.length))
	if o.mute {
		r.conditions.Or(mute)
	}
	r.leaveOut(ejected, now, o.why)
}

// ejectProbed keeps a replica out whose breaker closes though its probe was not answered. Call it before that, so that no
// request finds it in use in between.
func (r *replica) ejectProbed(now time.Duration, result Result) {
	b := r.balancer
	if b.options.MaxEjected < 0 || r.lastChoice.Load() || len(b.fleet.Load().members) < 2 {
		return
	}
	why := "the request that probed it was refused"
	if result == Shed {
		why += " for load"
	}
	r.eject(now, finding{share: 1, mute: true, why: why})
}

// readmit takes the replica back into use, as a newcomer.
func (r *replica) readmit(now time.Duration, why string) {
	r.ejection.since.Store(int64(now))
	r.load.forgive()
	r.warmUp(now)
	r.conditions.And(^mute)
	r.restore(ejected, now, why)
	r.evidence() // of what comes from now on
}

// pardon says why an outlier need not stay out; "" when it must.
func (o *finding) pardon(n norm) string {
	switch {
	case o.member.weight <= 0:
		return "its weight is 0 now"
	case o.member.replica.conditions.Load()&broken != 0:
		return "its breaker takes over"
	case n.answering == 0:
		return "no other replica answers either"
	case n.judged > 0 && o.share <= n.share+failsMore:
		return fmt.Sprintf("the others fail or refuse %.0f %% of their requests too", 100*n.share)
	}
	return ""
}

// claimTrial reports whether this pick finds out whether an outlier still is one. If it never reports, another follows.
func (r *replica) claimTrial(now time.Duration) bool {
	until := r.ejection.until.Load()
	return r.conditions.Load()&ejected != 0 && until <= int64(now) &&
		r.ejection.until.CompareAndSwap(until, int64(now+r.balancer.options.ProbeTimeout))
}

// conclude takes in how a trial ended. Whether the others do as badly is for the next review to see.
func (r *replica) conclude(now time.Duration, l Lease, o Outcome) {
	b := r.balancer
	b.reviews.Lock()
	defer b.reviews.Unlock()
	switch good := o.Result == Success; {
	case r.conditions.Load()&ejected == 0:
	case good && o.Missing > b.norm.share+failsMore:
		r.eject(now, finding{share: o.Missing, why: fmt.Sprintf("it left out %.0f %% of the request that tried it", 100*o.Missing)})
	case good:
		r.readmit(now, fmt.Sprintf("it answered the request that tried it, in %v", brief(now-l.start)))
	case o.Result == Failure || o.Result == Refused:
		row := r.row.length.Load()
		r.eject(now, finding{share: 1, mute: row > b.options.inRow(), why: b.norm.words(inVain(row))})
	default:
		r.ejection.until.Store(int64(now + baseEjection))
	}
	b.wakeAt(now)
}
