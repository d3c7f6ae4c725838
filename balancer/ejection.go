package balancer

import (
	"sync/atomic"
	"time"
)

// An outlier is a replica whose share of failures, or whose latency, is far from the fleet's median. It is taken out for
// a time that doubles while it goes on, and comes back through one real request that goes well. After Envoy's outlier
// detection, with the median in place of mean and deviation: one bad replica of five moves those, and hides behind them.
//
// The circuit breaker sees failures in a row; this sees a replica that fails every other request, or is slow.

const (
	firstEjected = 2 * time.Second  // for how long at first
	mostEjected  = 30 * time.Second // for how long at most, in a row
)

// ejection is a replica's record as an outlier. All but the moments belong to the one review that is under way.
type ejection struct {
	until atomic.Int64 // the moment of the next trial
	since atomic.Int64 // when it was last taken out or came back

	length   time.Duration // of the latest ejection
	outcomes int64         // successes and failures when it was last judged
	failures int64         // of them
	share    float64       // of failures, between the last two judgements
	strikes  int           // judgements in a row that found it slow
}

// eject takes the replica out: for twice as long as the last time, unless that is long past.
func (r *replica) eject(now time.Duration) {
	e := &r.ejection
	if quiet := now - time.Duration(e.since.Load()); quiet > 2*max(e.length, r.balancer.options.WarmUp) {
		e.length = 0
	}
	e.length = min(max(firstEjected, 2*e.length), mostEjected)
	e.strikes = 0
	e.since.Store(int64(now))
	e.until.Store(int64(now + e.length))
	r.leaveOut(ejected, now, "it fails or takes far more than the median")
}

// readmit takes the replica back into use, as a newcomer.
func (r *replica) readmit(now time.Duration) {
	r.ejection.since.Store(int64(now))
	r.load.forgive()
	r.warmUp(now)
	r.restore(ejected, now, "it is no outlier any more")
}

// claimTrial says that this pick is the one that finds out whether an outlier still is. If it never reports, another
// follows.
func (r *replica) claimTrial(now time.Duration) bool {
	until := r.ejection.until.Load()
	return r.caveats.Load()&ejected != 0 && until <= int64(now) &&
		r.ejection.until.CompareAndSwap(until, int64(now+r.balancer.options.ProbeTimeout))
}

// conclude takes in how a trial ended: one that says nothing is made again soon.
func (r *replica) conclude(now time.Duration, l Lease, result Result) {
	b := r.balancer
	b.reviews.Lock()
	defer b.reviews.Unlock()
	switch {
	case r.caveats.Load()&ejected == 0:
	case result == Success && logarithm(now-l.start, l.terms.effort) <= b.bound:
		r.readmit(now)
	case result == Success, result == Failure, result == Refused:
		r.eject(now)
	default:
		r.ejection.until.Store(int64(now + firstEjected))
	}
	b.wakeAt(now)
}
