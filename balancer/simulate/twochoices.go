package simulate

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
