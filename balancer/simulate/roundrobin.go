package simulate

// roundRobin is the smooth weighted one of nginx (ngx_http_upstream_round_robin.c): each pick credits all by weight and
// debits the one with the most credit by the sum, so that weights 1, 1, 4 give c c a c b c. It starts at random, lest many
// clients march in step.
type roundRobin struct {
	chooser
	credit map[int]float64
}

func newRoundRobin(s *simulation, seed uint64) policy {
	return &roundRobin{newChooser(s, seed), map[int]float64{}}
}

func (r *roundRobin) update(members []int) {
	r.members = members
	for _, i := range members {
		if _, known := r.credit[i]; !known {
			r.credit[i] = r.random.Float64()
		}
	}
}

func (r *roundRobin) pick(_ int, tried []int) (int, func(outcome)) {
	from, total := r.untried(tried), 0.0
	chosen := from[0]
	for _, i := range from {
		weight := float64(r.replicas[i].behaviour.weight)
		r.credit[i] += weight
		total += weight
		if r.credit[i] > r.credit[chosen] {
			chosen = i
		}
	}
	r.credit[chosen] -= total
	return chosen, nothing
}
