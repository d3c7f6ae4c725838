package balancer

import (
	"slices"
	"time"
)

// The rule: of the best class of replicas that is left, two distinct ones are drawn by weight, and the cheaper is picked.
// Power of two choices: M. Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", IEEE Transactions on
// Parallel and Distributed Systems 12(10), 2001.
//
// All else in this file is a way to the same chances in less time.

// search is what one pick looks for.
type search struct {
	random    func() uint64
	now       time.Duration
	avoid     []string
	panicking bool // too few are fit: what may be asked at all will do
}

// choose picks by the rule; nil when none may be asked. Nearly all picks end with the first pair: while all is well, without
// a zone, it is two fit members.
func (b *Balancer) choose(f *fleet, now time.Duration, avoid []string) *member {
	panicking := b.panicking.Load()
	if panicking || len(avoid) > 0 || !f.plain {
		return f.choose(&search{b.random, now, avoid, panicking})
	}
	first, second := f.pair(&f.table, b.random)
	if first == second || first.replica.caveats.Load()|second.replica.caveats.Load() != 0 {
		s := search{b.random, now, avoid, panicking}
		return s.cheaper(f.complete(&s, &f.table, first, second, unusable))
	}
	if cheaper(second, first, now, b.random) {
		return second
	}
	return first
}

// choose draws two of the own zone, if one is preferred and any there is fit, else of all.
func (f *fleet) choose(s *search) *member {
	if len(f.near.slots) > 0 && !s.panicking {
		if m := f.chooseNear(s); m != nil {
			return m
		}
	}
	return s.cheaper(f.drawTwo(s, &f.table, unusable))
}

// cheaper returns the one of two members that costs less, the first unless the second clearly does; either may be nil.
func (s *search) cheaper(first, second *member) *member {
	if second != nil && cheaper(second, first, s.now, s.random) {
		return second
	}
	return first
}

// drawTwo draws distinct members of the best class below the worst; nil for what is not there.
func (f *fleet) drawTwo(s *search, t *table, worst int) (first, second *member) {
	if len(t.slots) > 0 {
		first, second = f.pair(t, s.random)
	}
	return f.complete(s, t, first, second, worst)
}

// complete draws in the place of those of a pair that will not do. Where the first will not both are void: the second was
// drawn beside it.
func (f *fleet) complete(s *search, t *table, first, second *member, worst int) (*member, *member) {
	class := untriedFit
	switch {
	case first == nil || !s.accepts(first):
		first, class = f.draw(s, t, worst)
	case second != first && s.accepts(second):
		return first, second
	}
	if first == nil {
		return nil, nil
	}
	return first, f.beside(s, t, first, class)
}

func (f *fleet) pair(t *table, random func() uint64) (first, second *member) {
	i, j := t.pair(random)
	return &f.members[i], &f.members[j]
}

// draw draws a member of the best class below the worst; nil when there is none.
func (f *fleet) draw(s *search, t *table, worst int) (m *member, class int) {
	if m = f.tryDraws(s, t, nil); m != nil {
		return m, untriedFit
	}
	return f.scan(s, t, nil, worst)
}

// beside draws another member of the first one's class; nil when there is none.
func (f *fleet) beside(s *search, t *table, first *member, class int) (second *member) {
	if class == untriedFit {
		if len(t.slots) < 2 {
			return nil
		}
		second = f.tryDraws(s, t, first)
	}
	if second == nil {
		second, _ = f.scan(s, t, first, class+1)
	}
	return second
}

// maxDraws is how many draws are tried before all members are looked at: one pick in 256 does with half of the fleet unfit.
const maxDraws = 8

// tryDraws returns an untried fit member by weight, other than the given one; nil when the draws hit none.
func (f *fleet) tryDraws(s *search, t *table, other *member) *member {
	if len(t.slots) == 0 {
		return nil
	}
	for range maxDraws {
		if m := &f.members[t.draw(s.random())]; m != other && s.accepts(m) {
			return m
		}
	}
	return nil
}

// accepts reports whether a member is of the first class, and lets one that warms up pass by its chance.
func (s *search) accepts(m *member) bool {
	r := m.replica
	switch {
	case r.caveats.Load() == 0:
	case !s.fit(r) || !r.admits(s.now, s.random):
		return false
	}
	return len(s.avoid) == 0 || !slices.Contains(s.avoid, m.instance.ID)
}

func (s *search) fit(r *replica) bool { return r.fit(s.now) || s.panicking && r.spare(s.now) }

// Classes of members, the best first. Weight 0 makes soft, and then counts as 1.
const (
	untriedFit = iota
	untriedSoft
	triedFit
	triedSoft
	unusable
)

// class is that of a member, found anew by each look.
func (s *search) class(m *member) int {
	if !m.replica.usable(s.now) {
		return unusable
	}
	class := untriedFit
	if m.weight == 0 || !s.fit(m.replica) {
		class = untriedSoft
	}
	if slices.Contains(s.avoid, m.instance.ID) {
		class += triedFit
	}
	return class
}

// scan draws one of the best class, better than worst, by weight and warmth from all members at once: the way that finds
// whatever there is (weighted reservoir sampling: M. T. Chao, Biometrika 69(3), 1982).
func (f *fleet) scan(s *search, t *table, other *member, worst int) (found *member, class int) {
	class, total := worst, 0.0
	for i := range f.members {
		m := &f.members[i]
		c := s.class(m)
		if m == other || c >= worst || c > class || t == &f.near && m.instance.Zone != f.zone {
			continue
		}
		if c < class {
			class, total = c, 0
		}
		chance := max(1, m.weight) * m.replica.warmth(s.now)
		if total += chance; fraction(s.random())*total < chance {
			found = m
		}
	}
	return found, class
}

// fraction makes a random number one of [0, 1).
func fraction(random uint64) float64 { return float64(random>>11) / (1 << 53) }

// Untried reports whether a pick that avoids these IDs would yield another, so that a retry may go at once to a replica
// that was not asked yet. It looks at all replicas, for the rare moment after a failure.
func (b *Balancer) Untried(tried ...string) bool {
	wait, ok := b.UntriedIn(tried...)
	return ok && wait == 0
}

// UntriedIn is how long it takes until a replica outside of these IDs may be asked, 0 for now: as Untried, but for one that rests.
// ok is false when there is none, or none whose breaker is closed.
func (b *Balancer) UntriedIn(tried ...string) (wait time.Duration, ok bool) {
	now, first := b.now(), never
	for _, m := range b.fleet.Load().members {
		if m.replica.caveats.Load()&broken == 0 && !slices.Contains(tried, m.instance.ID) {
			first = min(first, time.Duration(m.replica.rest.hard.Load()))
		}
	}
	return max(0, first-now), first != never
}
