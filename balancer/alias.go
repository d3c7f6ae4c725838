package balancer

import (
	"math"
	"slices"
)

// aliasTable draws an index in proportion to its weight, in constant time and with one random number: the alias method
// (A. J. Walker 1977; built by M. D. Vose, IEEE Transactions on Software Engineering 17(9), 1991).
//
// Each slot holds one index and, above its threshold, an alias. Weights 1, 1, 4 with a mean of 2 give the slots
// {0 below 1/2, else 2}, {1 below 1/2, else 2}, {2}: index 2 is drawn with 1/3 × (1/2 + 1/2 + 1) = 4/6.
type aliasTable struct {
	slots []slot
	even  bool  // all weights are the same, of two indices at least
	total int64 // sum of the weights
}

type slot struct {
	index, alias uint32
	threshold    uint32 // of 2^32: below it index is drawn, else alias
}

// newTable builds the table; an index of weight 0 is never drawn. With weights up to [discovery.MaxWeight] nothing overflows.
func newTable(weights []int) aliasTable {
	var t aliasTable
	count := int64(0)
	for _, w := range weights {
		t.total += int64(w)
		if w > 0 {
			count++
		}
	}
	var light, heavy []part
	for i, w := range weights {
		switch mass := int64(w) * count; { // of a slot, which holds total
		case w <= 0:
		case mass < t.total:
			light = append(light, part{uint32(i), mass})
		default:
			heavy = append(heavy, part{uint32(i), mass})
		}
	}
	t.fill(light, heavy)
	t.even = len(weights) > 1 && t.total > 0 && slices.Min(weights) == slices.Max(weights)
	return t
}

// part is an index and the mass of it that is not yet in a slot.
type part struct {
	index uint32
	mass  int64
}

// fill tops up each light part with the alias of a heavy one.
func (t *aliasTable) fill(light, heavy []part) {
	for len(light) > 0 && len(heavy) > 0 {
		l, h := light[len(light)-1], &heavy[len(heavy)-1]
		light = light[:len(light)-1]
		threshold := uint32(float64(l.mass) / float64(t.total) * (1 << 32))
		t.slots = append(t.slots, slot{l.index, h.index, threshold})
		if h.mass -= t.total - l.mass; h.mass < t.total {
			light = append(light, *h)
			heavy = heavy[:len(heavy)-1]
		}
	}
	for _, p := range append(light, heavy...) {
		t.slots = append(t.slots, slot{index: p.index, alias: p.index})
	}
}

// draw turns a random number into an index. The table must not be empty.
func (t *aliasTable) draw(random uint64) int {
	s := &t.slots[(random>>32)*uint64(len(t.slots))>>32]
	if uint32(random) < s.threshold {
		return int(s.index)
	}
	return int(s.alias)
}

// pair draws two indices, by the number that a pick begins with: distinct ones where all weights are the same.
func (t *aliasTable) pair(c *chance) (first, second int) {
	if !t.even {
		return t.draw(uint64(*c)), t.draw(c.next())
	}
	n, r := uint64(len(t.slots)), uint64(*c)
	i, j := (r>>32)*n>>32, (r&math.MaxUint32)*(n-1)>>32
	if j >= i {
		j++
	}
	return int(i), int(j)
}
