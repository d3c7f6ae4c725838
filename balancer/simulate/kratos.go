package simulate

import (
	"math"
	"slices"
	"time"
)

// kratos is the rule of Kratos's selector/p2c over selector/node/ewma, v2.8: the pair's higher weight × success ÷
// (√(lag + 5 ms) × (in flight + 1)). Lag and success are averaged with a time constant of 600 ms. When more than half of
// what is in flight is older than the lag, the mean of their ages takes its place. A weight is kept for 5 ms; the
// loser is picked all the same when it was not picked for 3 s. A change of the set forgets all.
//
// Kratos counts 503, 504 and time-outs as failures and all else as success; here all failures are of the former kind.
type kratos struct {
	chooser
	nodes map[int]*kratosNode
}

type kratosNode struct {
	averages
	weight      float64
	started     []time.Duration
	picked      time.Duration
	predicted   float64
	predictedAt time.Duration
	cached      float64
	cachedAt    time.Duration
}

const (
	kratosTau     = 600 * time.Millisecond
	kratosForced  = 3 * time.Second
	kratosFresh   = 5 * time.Millisecond
	kratosUnknown = 1e5 // √ of 10 s in ns
)

func newKratos(s *simulation, seed uint64) policy { return &kratos{chooser: newChooser(s, seed)} }

func (k *kratos) update(members []int) {
	k.members, k.nodes = members, make(map[int]*kratosNode, len(members))
	for _, i := range members {
		weight := float64(k.replicas[i].behaviour.weight)
		k.nodes[i] = &kratosNode{
			averages: averages{success: 1000}, weight: weight,
			cachedAt: -time.Hour, predictedAt: -time.Hour, picked: -time.Hour,
		}
	}
}

func (k *kratos) pick(_ int, tried []int) (int, func(bool)) {
	a, b := k.two(k.untried(tried))
	if k.nodes[b].worth(k.now) > k.nodes[a].worth(k.now) {
		a, b = b, a
	}
	if k.now-k.nodes[b].picked > kratosForced {
		a = b
	}
	n, began := k.nodes[a], k.now
	n.picked = began
	n.started = append(n.started, began)
	return a, func(ok bool) {
		at := slices.Index(n.started, began)
		n.started = slices.Delete(n.started, at, at+1)
		n.observe(kratosTau, k.now, began, ok)
	}
}

// worth is what Kratos calls the weight of a node, as it was at most 5 ms ago.
func (n *kratosNode) worth(now time.Duration) float64 {
	if now-n.cachedAt > kratosFresh {
		n.cached, n.cachedAt = n.weight*n.success/n.load(now), now
	}
	return n.cached
}

func (n *kratosNode) load(now time.Duration) float64 {
	inFlight := float64(len(n.started) + 1)
	if n.lag == 0 {
		return kratosUnknown * inFlight
	}
	n.predict(now)
	return math.Sqrt(max(n.lag, n.predicted)+float64(5*time.Millisecond)) * inFlight
}

// predict looks at the ages of what is in flight, every lag/5 and at most every 5 to 200 ms.
func (n *kratosNode) predict(now time.Duration) {
	if now-n.predictedAt <= min(max(time.Duration(n.lag)/5, 5*time.Millisecond), 200*time.Millisecond) {
		return
	}
	total, count := 0.0, 0
	for _, began := range n.started {
		if age := float64(now - began); age > n.lag {
			total, count = total+age, count+1
		}
	}
	n.predicted, n.predictedAt = 0, now
	if count > len(n.started)/2+1 {
		n.predicted = total / float64(count)
	}
}
