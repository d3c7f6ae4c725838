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

// lookForProbe leases the first replica that is due for a probe, if one may be. It looks at all replicas, past the moment of wake
// and one pick at a time: most look at the clock alone.
func (b *Balancer) lookForProbe(now time.Duration, work int, avoid []string) (lease Lease, found bool) {
	if !b.probes.TryLock() {
		return Lease{}, false
	}
	defer b.probes.Unlock()
	// Before the look, so that a change during it is not overwritten; and before the fleet is read, so that the look
	// covers each replica whose change came earlier.
	b.wake.Store(int64(never))
	f := b.fleet.Load()
	next := b.review(f, now)
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

// due is the earliest moment at which the replica needs a look; never while all is well. The breaker goes first: its
// probe asks whether a replica is still leaving, too. Neither breaks a rest.
func (r *replica) due() time.Duration {
	c := r.conditions.Load()
	at := never
	switch {
	case c&broken != 0:
		at = r.breaker.due()
	case c&(draining|ejected) == 0:
		return never
	case c&draining != 0:
		at = time.Duration(r.drainUntil.Load())
	}
	if c&(broken|ejected) == ejected {
		at = min(at, time.Duration(r.ejection.until.Load()))
	}
	return max(at, time.Duration(r.rest.until.Load()))
}

// probe leases a member that is due, if its breaker lets a request through. It takes the replica into use only when
// nothing can refuse any more.
func (m *member) probe(now time.Duration, work int) (Lease, bool) {
	r := m.replica
	var p *probe
	if r.breaker.closed() {
		p = &probe{trial: r.claimTrial(now)}
	} else if p = r.breaker.admit(now); p == nil {
		return Lease{}, false
	}
	if p.drain = r.claimDrainProbe(now); !p.drain && !p.trial && p.report == nil {
		return Lease{}, false
	}
	l := r.lease(m, now, work)
	l.probe = p
	return l, true
}

// claimDrainProbe reports whether this pick is the one that asks a draining replica whether it still is.
func (r *replica) claimDrainProbe(now time.Duration) bool {
	until := r.drainUntil.Load()
	return until > 0 && until <= int64(now) && r.drainUntil.CompareAndSwap(until, int64(now+drainProbeAfter))
}
