package balancer

// A caller that names its zone prefers the replicas there, since crossing zones takes time and money. The choice there is compared
// with one of anywhere, which gets the request when its cost is less than a third. So the own zone keeps all traffic while it
// has capacity; the busier or slower it is, the more goes elsewhere, without a threshold at which it all moves. Nothing needs to
// be known of how callers are spread over the zones, unlike in Envoy's zone-aware routing.

// crossingFactor is how many times less a replica of another zone must cost.
const crossingFactor = 3 // worth 1.00, 1.03, and 1.02 at p50: what matters is the traffic between zones

// chooseNear picks from the own zone, or elsewhere when that is far better; nil when nothing near is fit, or by chance while
// nothing near is warm.
func (f *fleet) chooseNear(s *search) *member {
	near := f.chooseFrom(s, &f.near)
	if near == nil || near.replica.warmth(s.now) < 1 && !s.chance.within(f.warmest(s)) {
		return nil
	}
	if far := f.draw(s, &f.table); far != nil && far.elsewhere && farCheaper(far, near, s.now) {
		return far
	}
	return near
}

// warmest is the most warmth of what is fit in the own zone.
func (f *fleet) warmest(s *search) (most float64) {
	for i := range f.members {
		if m := &f.members[i]; !m.elsewhere && s.classOf(m) == fit {
			most = max(most, m.replica.warmth(s.now))
		}
	}
	return most
}
