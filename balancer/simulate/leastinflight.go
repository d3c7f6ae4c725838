package simulate

// leastInFlight sees the requests in flight of all clients on all replicas.
type leastInFlight struct{ chooser }

func newLeastInFlight(s *simulation, seed uint64) policy { return &leastInFlight{newChooser(s, seed)} }

func (l *leastInFlight) pick(_ int, tried []int) (int, func(outcome)) {
	return l.best(l.untried(tried), func(i int) float64 {
		return float64(l.awaited[i]) / float64(l.replicas[i].behaviour.weight)
	}), nothing
}
