package balancer

import (
	"fmt"
	"time"
)

// A replica that is new, or back after its breaker was open or it was an outlier, has cold caches and few connections. It
// counts as one of a tenth of its weight at first, which grows to all of it in a straight line: it is drawn less often and
// its work in flight counts for more, so that it is not flooded for being idle. After Envoy's slow start. Where all are
// new they share evenly: then none warms up.

// coldShare is the part of its weight that a replica begins with.
const coldShare = 0.1 // worth 1.25, 10.3: p99 without warm-up, where replicas join cold

// warmUp begins, or begins again.
func (r *replica) warmUp(now time.Duration) {
	if over := r.balancer.options.WarmUp; over > 0 && !r.lastChoice.Load() {
		r.warmUntil.Store(int64(now + over))
		r.conditions.Or(warming)
	}
}

// comeBack begins it for a replica that is back.
func (r *replica) comeBack(now time.Duration) {
	r.returns.Store(true)
	r.lags.Store(0)
	r.warmUp(now)
}

// warmingGrounds say how far it is.
func (r *replica) warmingGrounds(now time.Duration) grounds {
	reason := ReasonNewcomer
	if r.returns.Load() {
		reason = ReasonReturned
	}
	return grounds{reason: reason, why: fmt.Sprintf("%s, %.0f %% of its share", reason, 100*r.warmth(now))}
}

// warmth is the part of its weight that a replica counts with, 1 for nearly all.
func (r *replica) warmth(now time.Duration) float64 {
	if r.conditions.Load()&warming == 0 {
		return 1
	}
	left := time.Duration(r.warmUntil.Load()) - now
	if left <= 0 && !r.expire(warming, &r.warmUntil) {
		return 1
	}
	return 1 - (1-coldShare)*min(1, float64(left)/float64(r.balancer.options.WarmUp))
}
