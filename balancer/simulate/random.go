package simulate

// random draws by weight.
type random struct{ chooser }

func newRandom(s *simulation, seed uint64) policy { return &random{newChooser(s, seed)} }

func (r *random) pick(_ int, tried []int) (int, func(outcome)) {
	from := r.untried(tried)
	total := 0
	for _, i := range from {
		total += r.replicas[i].behaviour.weight
	}
	at := r.random.IntN(total)
	for _, i := range from {
		if at -= r.replicas[i].behaviour.weight; at < 0 {
			return i, nothing
		}
	}
	return none, nothing
}
