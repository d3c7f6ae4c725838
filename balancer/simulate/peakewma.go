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

func (p *peakEWMA) pick(_ int, tried []int) (int, func(bool)) {
	a, b := p.two(p.untried(tried))
	if p.nodes[b].load(p.now) < p.nodes[a].load(p.now) {
		a = b
	}
	n, began := &p.nodes[a], p.now
	n.pending++
	return a, func(bool) {
		n.pending--
		n.observe(p.now, float64(p.now-began))
	}
}

func (n *peakNode) observe(now time.Duration, took float64) {
	if took > n.cost {
		n.cost = took
	} else {
		w := math.Exp(-float64(now-n.stamp) / float64(peakDecay))
		n.cost = n.cost*w + took*(1-w)
	}
	n.stamp = now
}

func (n *peakNode) load(now time.Duration) float64 {
	n.observe(now, 0)
	if n.cost == 0 && n.pending > 0 {
		return peakPenalty + float64(n.pending)
	}
	return n.cost * float64(n.pending+1)
}
