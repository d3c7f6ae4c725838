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
	chosen := t.cheaper(tried, func(i int) float64 { return float64(t.inFlight[i]) })
	t.inFlight[chosen]++
	return chosen, func(bool) { t.inFlight[chosen]-- }
}
