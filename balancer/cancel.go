package balancer

import "time"

// Cancel gives the lease back unused, in the place of [Lease.Done]: nothing was sent. It counts as no pick and leaves no mark
// on the replica, and a probe stays due. It is harmless when the replica was removed meanwhile, and on the zero lease.
func (l Lease) Cancel() {
	if l.member == nil {
		return
	}
	r := l.member.replica
	r.load.end(l.terms.effort, l.start)
	r.tally.picks.Add(-1)
	if l.probe != nil {
		r.unprobed(l, r.balancer.now())
	}
}

// unprobed has the probe made again soon.
func (r *replica) unprobed(l Lease, now time.Duration) {
	if l.forBreaker() {
		r.breaker.withdraw(l.probe)
	}
	if l.trial() {
		r.conclude(now, l, Outcome{})
	}
	if until := r.drainUntil.Load(); l.probe.drain && until > 0 {
		r.drainUntil.CompareAndSwap(until, int64(now+baseEjection))
		r.balancer.wakeAt(now)
	}
}
