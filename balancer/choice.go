package balancer

import (
	"math"
	"slices"
	"time"
)

// Power of two choices: M. Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", IEEE Transactions on
// Parallel and Distributed Systems 12(10), 2001.

// choose picks a member by two choices, or the best that is left when they find none; nil when none may be asked.
func (f *fleet) choose(random func() uint64, now time.Duration, avoid []string) *member {
	switch first, second := f.drawTwo(random, now, avoid); {
	case first == nil:
		return f.best(random, now, avoid)
	case second != nil && cheaper(second, first, now, random):
		return second
	default:
		return first
	}
}

// drawTwo draws distinct fit members; nil for what the draws did not hit.
func (f *fleet) drawTwo(random func() uint64, now time.Duration, avoid []string) (first, second *member) {
	if f.even && len(avoid) == 0 {
		if first, second = f.pair(random()); first.replica.fit(now) && second.replica.fit(now) {
			return first, second
		}
	}
	if first = f.draw(random, now, avoid, nil); first == nil {
		return nil, nil
	}
	return first, f.draw(random, now, avoid, first)
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

// draw returns a fit member by weight, other than the given one; nil when the draws hit none.
func (f *fleet) draw(random func() uint64, now time.Duration, avoid []string, other *member) *member {
	if len(f.table.slots) == 0 {
		return nil
	}
	for range maxDraws {
		m := &f.members[f.table.draw(random())]
		if m != other && m.replica.fit(now) && !slices.Contains(avoid, m.instance.ID) {
			return m
		}
	}
	return nil
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
func (f *fleet) best(random func() uint64, now time.Duration, avoid []string) *member {
	var best *member
	bestRank, tied := unusable, uint64(0)
	for i := range f.members {
		m := &f.members[i]
		switch rank := m.rank(now, avoid); {
		case rank < bestRank, rank == bestRank && best != nil && cheaper(m, best, now, nil):
			best, bestRank, tied = m, rank, 1
		case rank == bestRank && best != nil && !cheaper(best, m, now, nil):
			if tied++; random()%tied == 0 {
				best = m
			}
		}
	}
	return best
}
