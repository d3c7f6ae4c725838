package balancer

import (
	"slices"
	"time"
)

// A replica that is left out is cheap or expensive by what it was before, so the comparison of costs says nothing of
// whether it has healed. The first pick after its time is up is therefore handed to it, whatever it costs.

// wakeAt has the first pick from that moment on look for replicas that are due.
func (b *Balancer) wakeAt(at time.Duration) {
	for {
		current := b.wake.Load()
		if int64(at) >= current || b.wake.CompareAndSwap(current, int64(at)) {
			return
		}
	}
}

// pickProbe leases the first replica that is due for a probe. One pick at a time looks; the others go on.
func (b *Balancer) pickProbe(f *fleet, now time.Duration, work int, avoid []string) (lease Lease, found bool) {
	if !b.probes.TryLock() {
		return Lease{}, false
	}
	defer b.probes.Unlock()
	b.wake.Store(int64(never)) // before the look, so that a change during it is not overwritten
	next := never
	for i := range f.members {
		m := &f.members[i]
		at := m.replica.due()
		if at <= now && !found && !slices.Contains(avoid, m.instance.ID) {
			lease, found = m.probe(now, work)
			at = m.replica.due()
		}
		next = min(next, at)
	}
	b.wakeAt(next)
	return lease, found
}

// due is the earliest moment at which the replica needs a look; never while all is well.
func (r *replica) due() time.Duration {
	at := r.breaker.due()
	if until := time.Duration(r.drainUntil.Load()); until > 0 {
		at = min(at, until)
	}
	return at
}

// probe leases a member that is due, if its breaker lets a request through.
func (m *member) probe(now time.Duration, work int) (Lease, bool) {
	r := m.replica
	drainProbe := r.claimDrainProbe(now)
	if r.breaker.closed() {
		l := r.lease(m, now, work)
		l.drainProbe = drainProbe
		return l, drainProbe
	}
	r.breaker.expire()
	p := r.breaker.admit(now)
	if p == nil {
		return Lease{}, false
	}
	l := r.lease(m, now, work)
	l.probe, l.drainProbe = p, drainProbe
	return l, true
}

// claimDrainProbe says that this pick is the one that asks a draining replica whether it still is.
func (r *replica) claimDrainProbe(now time.Duration) bool {
	until := r.drainUntil.Load()
	return until > 0 && until <= int64(now) && r.drainUntil.CompareAndSwap(until, int64(now+drainProbeAfter))
}
