package balancer

import (
	"math"
	"slices"
	"time"
)

// Power of two choices: M. Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", IEEE Transactions on
// Parallel and Distributed Systems 12(10), 2001.

// search is what one pick looks for.
type search struct {
	random    func() uint64
	now       time.Duration
	avoid     []string
	panicking bool // too few are fit: what may be asked at all will do
}

// chooseEven is the choice of nearly all picks, made by the shortest way: of two members of a fleet of equal weights; nil
// when there is a reason to look closer.
func (f *fleet) chooseEven(random func() uint64, now time.Duration) *member {
	first, second := f.pair(random())
	switch {
	case first.replica.caveats.Load()|second.replica.caveats.Load() != 0:
		return nil
	case cheaper(second, first, now, random):
		return second
	}
	return first
}

// choose picks a member by two choices, or the best that is left when they find none; nil when none may be asked.
func (f *fleet) choose(s *search) *member {
	if len(f.near.slots) > 0 && !s.panicking {
		if m := f.chooseNear(s); m != nil {
			return m
		}
	}
	table := &f.table
	if s.panicking {
		table = &f.all
	}
	first, second := f.drawTwo(s, table)
	if first == nil {
		return f.best(s)
	}
	return s.cheaper(first, second)
}

// cheaper returns the one of two members that costs less, the first draw unless there is a second that clearly does.
func (s *search) cheaper(first, second *member) *member {
	if second != nil && cheaper(second, first, s.now, s.random) {
		return second
	}
	return first
}

// drawTwo draws distinct members; nil for what the draws did not hit.
func (f *fleet) drawTwo(s *search, t *table) (first, second *member) {
	if first = f.draw(s, t, nil); first == nil {
		return nil, nil
	}
	return first, f.draw(s, t, first)
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

// maxDraws bounds the search for a fit member. With half of the fleet unfit, it fails once in 256 picks,
// which then look at all.
const maxDraws = 8

// draw returns a member by weight, other than the given one; nil when the draws hit none that will do.
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

// accepts reports whether a member will do, and lets one that warms up pass by its chance.
func (s *search) accepts(m *member) bool {
	r := m.replica
	switch {
	case r.caveats.Load() == 0:
	case !r.fit(s.now) && !(s.panicking && r.spare(s.now)):
		return false
	case !r.admits(s.now, s.random):
		return false
	}
	return len(s.avoid) == 0 || !slices.Contains(s.avoid, m.instance.ID)
}

// Ranks of the members that a pick may have to fall back to, the best first.
const (
	untriedFit = iota
	untriedSoft
	triedFit
	triedSoft
	unusable
)

func (m *member) rank(now time.Duration, avoid []string) int {
	if !m.replica.usable(now) {
		return unusable
	}
	rank := untriedFit
	if m.instance.Weight <= 0 || !m.replica.fit(now) {
		rank = untriedSoft
	}
	if slices.Contains(avoid, m.instance.ID) {
		rank += triedFit
	}
	return rank
}

// best looks at all members and returns the cheapest of the best rank, any of them when they tie.
func (f *fleet) best(s *search) *member {
	var best *member
	bestRank, tied := unusable, uint64(0)
	for i := range f.members {
		m := &f.members[i]
		switch rank := m.rank(s.now, s.avoid); {
		case rank < bestRank, rank == bestRank && best != nil && cheaper(m, best, s.now, nil):
			best, bestRank, tied = m, rank, 1
		case rank == bestRank && best != nil && !cheaper(best, m, s.now, nil):
			if tied++; s.random()%tied == 0 {
				best = m
			}
		}
	}
	return best
}
