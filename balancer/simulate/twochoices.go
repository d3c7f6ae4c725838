package simulate

// twoChoices draws twice, perhaps the same one, and takes the one on which this client has fewer in flight, the first when they
// tie: as grpc-go's least_request (balancer/leastrequest, v1.85.0) does and httplb's power of two.
type twoChoices struct {
	chooser
	inFlight []int
}

func newTwoChoices(s *simulation, seed uint64) policy {
	return &twoChoices{newChooser(s, seed), make([]int, len(s.replicas))}
}

func (t *twoChoices) pick(_ int, tried []int) (int, func(outcome)) {
	from := t.untried(tried)
	chosen, second := from[t.random.IntN(len(from))], from[t.random.IntN(len(from))]
	if t.inFlight[second] < t.inFlight[chosen] {
		chosen = second
	}
	t.inFlight[chosen]++
	return chosen, func(outcome) { t.inFlight[chosen]-- }
}
