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

	until    atomic.Int64            // the moment of the next trial
	since    atomic.Int64            // when it was last taken out or came back
	grounds  atomic.Pointer[grounds] // of why it was last taken out
	withheld atomic.Pointer[grounds] // of why it would be, if there were room; nil when it would not

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
	r.leaveOut(ejected, now, func() {
		e.grounds.Store(&o.grounds)
		e.since.Store(int64(now))
		e.until.Store(int64(now + e.length))
		if o.mute {
			r.conditions.Or(mute)
		}
	})
}

// ejectProbed keeps a replica out whose breaker closes though its probe was not answered. Call it before that, so that no
// request finds it in use in between.
func (r *replica) ejectProbed(now time.Duration, result Result) {
	b := r.balancer
	if b.options.MaxEjected < 0 || r.lastChoice.Load() || len(b.fleet.Load().members) < 2 {
		return
	}
	why := "the probe was refused"
	if result == Shed {
		why += " for load"
	}
	r.eject(now, finding{share: 1, mute: true, grounds: grounds{reason: ReasonProbeRefused, why: why}})
}

// readmit takes the replica back into use, as a newcomer.
func (r *replica) readmit(now time.Duration, why string) {
	r.ejection.since.Store(int64(now))
	r.load.forgive()
	r.comeBack(now)
	r.conditions.And(^mute)
	r.restore(ejected, now, grounds{reason: ReasonReturned, why: why}, func() {})
	r.recently() // of what comes from now on
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
		return fmt.Sprintf("the others fail or refuse %s of their requests, too", percent(n.share))
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
		r.eject(now, finding{share: o.Missing, grounds: b.norm.leftOutTrial(o.Missing)})
	case good:
		r.readmit(now, fmt.Sprintf("it answered the request that tried it, in %v", brief(now-l.start)))
	case o.Result == Failure || o.Result == Refused:
		row := r.row.length.Load()
		r.eject(now, finding{share: 1, mute: row > b.options.inRow(), grounds: r.stillOut(row)})
	default:
		r.ejection.until.Store(int64(now + baseEjection))
	}
	b.wakeAt(now)
}

// stillOut are the grounds after a trial that was not answered: those of before, or that it answers nothing by now.
func (r *replica) stillOut(row int64) grounds {
	if row >= r.balancer.options.inRow() {
		return r.balancer.norm.answersNothing(row)
	}
	return *r.ejection.grounds.Load()
}

// withhold notes that there is no room to eject the replica, and tells of it when that begins.
func (r *replica) withhold(now time.Duration, o finding, s room) {
	g := o.grounds
	g.why = fmt.Sprintf("would be ejected, but %s are out already: %s", percent(s.out/max(1, s.whole)), g.why)
	if r.ejection.withheld.Swap(&g) != nil {
		return
	}
	r.withheld.Add(1)
	r.balancer.totals.withheld.Add(1)
	r.changes.Lock()
	defer r.changes.Unlock()
	state := r.state(now)
	r.tell(Withheld, state, state, g, 0)
}
