package simulate

// random draws by weight.
type random struct{ chooser }

func newRandom(s *simulation, seed uint64) policy { return &random{newChooser(s, seed)} }

func (r *random) pick(_ int, tried []int) (int, func(bool)) {
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

func (r *roundRobin) pick(_ int, tried []int) (int, func(bool)) {
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

// twoChoices draws two and takes the one on which this client has fewer in flight, as grpc-go's least_request
// (balancer/leastrequest) does and httplb's power of two.
type twoChoices struct {
	chooser
	inFlight []int
}

func newTwoChoices(s *simulation, seed uint64) policy {
	return &twoChoices{newChooser(s, seed), make([]int, len(s.replicas))}
}

func (t *twoChoices) pick(_ int, tried []int) (int, func(bool)) {
	a, b := t.two(t.untried(tried))
	if t.inFlight[b] < t.inFlight[a] {
		a = b
	}
	t.inFlight[a]++
	return a, func(bool) { t.inFlight[a]-- }
}
