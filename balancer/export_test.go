package balancer

// Chances returns how likely each index is to be drawn from a table of these weights, computed from its slots.
func Chances(weights []int) []float64 {
	t := newTable(weights)
	chances := make([]float64, len(weights))
	for _, s := range t.slots {
		below := float64(s.threshold) / (1 << 32)
		chances[s.index] += below / float64(len(t.slots))
		chances[s.alias] += (1 - below) / float64(len(t.slots))
	}
	return chances
}

// Draw draws an index from a table of these weights by a random number.
func Draw(weights []int, random uint64) int {
	t := newTable(weights)
	return t.draw(random)
}
