package simulate

import (
	"math"
	"time"
)

// peakEWMA is Finagle's (com.twitter.finagle.loadbalancer.p2c with PeakEwma), tower's too: two choices on ewma ×
// (pending + 1). A sample above the average replaces it at once, one below draws it down with a time constant of 10 s; the
// average falls towards 0 while nothing is asked. One that was never answered costs a penalty while it has requests pending.
type peakEWMA struct {
	chooser
	nodes []peakNode
}

type peakNode struct {
	cost    float64 // ns
	stamp   time.Duration
	pending int
}

const (
	peakDecay   = 10 * time.Second
	peakPenalty = float64(time.Second)
)

func newPeakEWMA(s *simulation, seed uint64) policy {
	return &peakEWMA{newChooser(s, seed), make([]peakNode, len(s.replicas))}
}

func (p *peakEWMA) pick(_ int, tried []int) (int, func(outcome)) {
	chosen := p.cheaper(tried, func(i int) float64 { return p.nodes[i].load(p.now) })
	n, began := &p.nodes[chosen], p.now
	n.pending++
	return chosen, func(outcome) {
		n.pending--
		n.observe(p.now, float64(p.now-began))
	}
}

func (n *peakNode) observe(now time.Duration, took float64) {
	w := math.Exp(-float64(now-n.stamp) / float64(peakDecay))
	n.cost, n.stamp = max(took, n.cost*w+took*(1-w)), now
}

func (n *peakNode) load(now time.Duration) float64 {
	n.observe(now, 0)
	if n.cost == 0 && n.pending > 0 {
		return peakPenalty + float64(n.pending)
	}
	return n.cost * float64(n.pending+1)
}
