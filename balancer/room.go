package balancer

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Shares of the fleet are shares of its weight. A replica of weight 0 is no capacity, and one that answers nothing is none any
// more. Of the rest, outliers and what is leaving are at most [Options.MaxEjected].

// room is what there is for outliers.
type room struct {
	whole, out float64 // the fleet's weight, and how much of it is left out
	most       float64 // part of the whole
	taken      bool    // by an outlier: the first needs none, whatever it weighs
}

// room is what there is before any outlier.
func (f *fleet) room(most float64) room {
	s := room{most: most}
	for i := range f.members {
		m := &f.members[i]
		s.whole += m.rated()
		if m.replica.conditions.Load()&draining != 0 {
			s.out += m.rated()
		}
	}
	return s
}

// rated is the weight that the member has in the fleet.
func (m *member) rated() float64 {
	if m.replica.conditions.Load()&mute != 0 {
		return 0
	}
	return float64(m.weight)
}

// takes reports whether there is room for one more, and counts it. One that answers nothing, or is leaving anyhow, needs none.
func (s *room) takes(o finding) bool {
	switch c := o.member.replica.conditions.Load(); {
	case c&(mute|draining) != 0:
	case o.mute:
		s.whole -= float64(o.member.weight)
	case s.taken && s.out+float64(o.member.weight) > s.most*s.whole:
		return false
	default:
		s.out += float64(o.member.weight)
		s.taken = true
	}
	return true
}

// recall takes back into use the outliers that need not stay out, then those that there is no room for, and returns what room is
// left.
func (b *Balancer) recall(f *fleet, now time.Duration, n norm) room {
	for _, o := range f.ejected() {
		if why := o.pardon(n); why != "" {
			o.member.replica.readmit(now, why)
		}
	}
	s := f.room(b.options.MaxEjected)
	for _, o := range f.ejected() {
		if !s.takes(o) {
			o.member.replica.readmit(now, "others that are leaving left no room to leave it out")
		}
	}
	return s
}

// ejected are the outliers that are out, the worst first.
func (f *fleet) ejected() (out []finding) {
	for i := range f.members {
		m := &f.members[i]
		if c := m.replica.conditions.Load(); c&ejected != 0 {
			out = append(out, finding{member: m, share: m.replica.ejection.share, mute: c&mute != 0})
		}
	}
	slices.SortFunc(out, worstFirst)
	return out
}

// worstFirst has of two that do as badly the one that takes more traffic first.
func worstFirst(x, y finding) int {
	return cmp.Or(cmp.Compare(y.share, x.share), cmp.Compare(y.member.weight, x.member.weight))
}

// When less than half of the fleet is fit and more could be asked, all of those are: the few would be overrun by what the
// whole fleet served. After Envoy's panic threshold. What is left out for good reason, behind an open breaker, resting or
// because it answers nothing, stays out.

// Panic reports whether less than half of the fleet is fit, by weight, so that all whose breaker is closed are asked: those that
// are leaving, and outliers that answer some requests.
func (b *Balancer) Panic() bool { return b.panicking.Load() }

// takeStock sees whether too little of the fleet is fit, and nothing of the own zone.
func (b *Balancer) takeStock(f *fleet, now time.Duration) {
	whole, capacity, spare, near := 0.0, 0.0, false, false
	for i := range f.members {
		m := &f.members[i]
		whole += m.rated()
		if r := m.replica; r.fit(now) {
			capacity += m.capacity(now)
			near = near || m.weight > 0 && !m.elsewhere
		} else {
			spare = spare || m.weight > 0 && r.spare(now)
		}
	}
	b.panic(spare && 2*capacity < whole)
	b.zoneLost.Store(!near)
	b.resize(f)
}

// panic notes whether it is one, and tells when that changes.
func (b *Balancer) panic(panicking bool) {
	if b.panicking.Swap(panicking) != panicking && b.options.OnPanic != nil {
		b.options.OnPanic(panicking)
	}
}

// capacity is the weight that a fit member has at the moment: less while it warms up, none while it hangs.
func (m *member) capacity(now time.Duration) float64 {
	r := m.replica
	expected := r.load.last().mean()
	if r.load.samples.Load() == 0 { // what the others take
		expected = math.Log(float64(cmp.Or(r.balancer.Typical(1), never)))
	}
	if r.lateness(expected, now) > band {
		return 0
	}
	return float64(m.weight) * r.warmth(now)
}
