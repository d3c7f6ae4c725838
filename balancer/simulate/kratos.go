package simulate

import (
	"math"
	"slices"
	"time"
)

// kratos is the rule of Kratos v2.8.3, selector/p2c over selector/node/ewma: the higher success ÷ (√(lag + 5 ms) × (in flight
// + 1)) of two. Lag and success are averaged with a time constant of 600 ms. When more than half of what is in flight is older
// than the lag, the mean age of that takes its place, if it is longer. A node's weight is kept for 5 ms; the loser is picked all
// the same when it was not picked for 3 s. The registry's weights are not read, and a change of the set forgets all.
//
// Kratos counts 503, 504 and time-outs as failures and all else as success; here all failures are of the former kind.
type kratos struct {
	chooser
	nodes map[int]*kratosNode
}

type kratosNode struct {
	averages
	inFlight uint64
	requests int
	started  []kratosStart
	picked   time.Duration
	cached   float64
	cachedAt time.Duration
}

// kratosStart is when a request began, in one of 200 slots; one whose slot is taken is not kept.
type kratosStart struct {
	slot int
	at   time.Duration
}

const (
	kratosTau     = 600 * time.Millisecond
	kratosForced  = 3 * time.Second
	kratosFresh   = 5 * time.Millisecond
	kratosNear    = 5 * time.Millisecond // added to each lag
	kratosUnknown = 100_000              // in place of the root of a lag
	kratosSlots   = 200
)

func newKratos(s *simulation, seed uint64) policy { return &kratos{chooser: newChooser(s, seed)} }

func (k *kratos) update(members []int) {
	k.members, k.nodes = members, make(map[int]*kratosNode, len(members))
	for _, i := range members {
		k.nodes[i] = &kratosNode{averages: averages{success: 1000}, cachedAt: -time.Hour, picked: -time.Hour}
	}
}

func (k *kratos) pick(_ int, tried []int) (int, func(outcome)) {
	chosen := k.choose(k.untried(tried))
	n, began := k.nodes[chosen], k.now
	start := n.begin(began)
	return chosen, func(o outcome) {
		n.started = slices.DeleteFunc(n.started, func(s kratosStart) bool { return s == start })
		n.inFlight--
		n.observe(kratosTau, k.now, began, o == answered)
	}
}

func (k *kratos) choose(from []int) int {
	if len(from) == 1 {
		return from[0]
	}
	a, b := k.two(from)
	if k.nodes[b].weight(k.now) > k.nodes[a].weight(k.now) {
		a, b = b, a
	}
	if k.now-k.nodes[b].picked > kratosForced {
		return b
	}
	return a
}

// begin counts a request in.
func (n *kratosNode) begin(now time.Duration) kratosStart {
	n.picked = now
	n.inFlight++
	n.requests++
	start := kratosStart{n.requests % kratosSlots, now}
	if slices.ContainsFunc(n.started, func(s kratosStart) bool { return s.slot == start.slot }) {
		return kratosStart{slot: none}
	}
	n.started = append(n.started, start)
	return start
}

// weight is what Kratos calls the worth of a node, as it was at most 5 ms ago.
func (n *kratosNode) weight(now time.Duration) float64 {
	if now-n.cachedAt > kratosFresh {
		n.cached, n.cachedAt = float64(n.success*10_000)/float64(n.load(now)), now
	}
	return n.cached
}

func (n *kratosNode) load(now time.Duration) uint64 {
	if n.lag == 0 {
		return kratosUnknown * (n.inFlight + 1)
	}
	lag := max(n.lag, n.predict(now)) + int64(kratosNear)
	return uint64(math.Sqrt(float64(lag))) * (n.inFlight + 1)
}

// predict is the mean age of what is in flight for longer than the lag, if that is more than half of it.
func (n *kratosNode) predict(now time.Duration) int64 {
	total, slow := int64(0), 0
	for _, s := range n.started {
		if age := int64(now - s.at); age > n.lag {
			total, slow = total+age, slow+1
		}
	}
	if slow < len(n.started)/2+1 {
		return 0
	}
	return total / int64(slow)
}
