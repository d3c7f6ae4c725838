package balancer

import (
	"math"
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

// choose picks by the rule; nil when none may be asked.
func (b *Balancer) choose(f *fleet, now time.Duration, avoid []string) *member {
	s := search{b.random, now, avoid, b.panicking.Load()}
	if !f.even || s.panicking || len(avoid) > 0 {
		return f.choose(&s)
	}
	first, second := f.pair(b.random())
	if first.replica.caveats.Load()|second.replica.caveats.Load() != 0 {
		return f.resume(&s, first, second)
	}
	if cheaper(second, first, now, b.random) { // nearly all picks end here
		return second
	}
	return first
}

// resume goes on from a pair of which one has a caveat. Where the first will not do both are void: the second was drawn
// beside it.
func (f *fleet) resume(s *search, first, second *member) *member {
	switch {
	case !s.accepts(first):
		return f.choose(s)
	case !s.accepts(second):
		second = f.beside(s, &f.table, first, untriedFit)
	}
	return s.cheaper(first, second)
}

// choose draws two of the own zone, if one is preferred and any there will do, else of all.
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

// pair draws two distinct members of a fleet of equal weights by one random number.
func (f *fleet) pair(random uint64) (first, second *member) {
	n := uint64(len(f.members))
	i, j := (random>>32)*n>>32, (random&math.MaxUint32)*(n-1)>>32
	if j >= i {
		j++
	}
	return &f.members[i], &f.members[j]
}

// drawTwo draws distinct members of the best class below the worst; nil for what is not there.
func (f *fleet) drawTwo(s *search, t *table, worst int) (first, second *member) {
	class := untriedFit
	if first = f.draw(s, t, nil); first == nil {
		if first, class = f.scan(s, t, nil, worst); first == nil {
			return nil, nil
		}
	}
	return first, f.beside(s, t, first, class)
}

// beside draws another member of the first one's class; nil when there is none.
func (f *fleet) beside(s *search, t *table, first *member, class int) (second *member) {
	if class == untriedFit {
		second = f.draw(s, t, first)
	}
	if second == nil {
		second, _ = f.scan(s, t, first, class+1)
	}
	return second
}

// maxDraws is how many draws are tried before all members are looked at: one pick in 256 does with half of the fleet unfit.
const maxDraws = 8

// draw returns a fit member by weight, other than the given one; nil when the draws hit none.
func (f *fleet) draw(s *search, t *table, other *member) *member {
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
