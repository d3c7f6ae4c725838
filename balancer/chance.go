package balancer

// chance makes the random numbers of one pick out of a single one of [Options.Rand], which takes longer than all the others:
// SplitMix64 (G. Steele, D. Lea and C. Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014).
type chance uint64

func (c *chance) next() uint64 {
	*c += 0x9e3779b97f4a7c15
	x := uint64(*c)
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// within reports whether something of that probability happens.
func (c *chance) within(probability float64) bool { return float64(c.next()>>11) < probability*(1<<53) }
