package balancer

import "time"

// When less than half of the fleet is fit and more could be asked, all of those are: the few would be overrun by what the
// whole fleet served. After Envoy's panic threshold. What is left out for good reason, behind an open breaker, resting or
// because it answers nothing, stays out.

// Panic reports whether less than half of the replicas are fit, so that all whose breaker is closed are asked, by weight:
// those that are leaving, outliers that answer some requests, and those of weight 0, which count as the lightest of the
// others.
func (b *Balancer) Panic() bool { return b.panicking.Load() }

// takeStock sees whether too few replicas are fit. One that warms up counts by its part, one that hangs not at all, and one
// that answers nothing is no part of the fleet.
func (b *Balancer) takeStock(f *fleet, now time.Duration) {
	capacity, spare, all := 0.0, 0, 0
	for i := range f.members {
		m := &f.members[i]
		r := m.replica
		if m.instance.Weight > 0 && r.fit(now) {
			capacity += r.capacity(now)
		} else if r.spare(now) {
			spare++
		}
		if r.caveats.Load()&mute == 0 {
			all++
		}
	}
	b.panicking.Store(spare > 0 && 2*capacity < float64(all))
	b.resize(f)
}

// capacity is the part of its work that a fit replica does.
func (r *replica) capacity(now time.Duration) float64 {
	if r.lateness(r.load.last().mean(), now) > band {
		return 0
	}
	return r.warmth(now)
}
