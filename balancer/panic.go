package balancer

import "time"

// When less than half of the fleet is fit and more could be asked, all of those are: the few would be overrun by what the
// whole fleet served. After Envoy's panic threshold. What is left out for good reason, behind an open breaker or by its own
// wish, stays out.

// Panic says that less than half of the replicas are fit, so that all whose breaker is closed are asked, by weight: those
// that are leaving, outliers, and those of weight 0, which count as the lightest of the others.
func (b *Balancer) Panic() bool { return b.panicking.Load() }

// count tells the members that are fit from those that may be asked for want of others.
func (f *fleet) count(now time.Duration) (fit, usable int) {
	for i := range f.members {
		m := &f.members[i]
		switch {
		case m.instance.Weight > 0 && m.replica.fit(now):
			fit++
		case m.replica.usable(now):
			usable++
		}
	}
	return fit, usable
}
