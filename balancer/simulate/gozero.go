package simulate

import (
	"math"
	"time"
)

// goZero is the rule of go-zero's zrpc/internal/balancer/p2c at 0b1ee79d: √(lag + 1) × (in flight + 1), both averaged with a
// time constant of 10 s by the time since the sample before. Up to three pairs are drawn for one of which both had successes in more than half;
// the loser of the pair is picked all the same when it was not picked for a second. A change of the set builds a new picker,
// which remembers nothing.
type goZero struct {
	chooser
	nodes map[int]*goZeroNode
}

type goZeroNode struct {
	averages
	inFlight int
	picked   time.Duration
}

const (
	goZeroDecay  = 10 * time.Second
	goZeroForced = time.Second
	goZeroPairs  = 3
)

func newGoZero(s *simulation, seed uint64) policy { return &goZero{chooser: newChooser(s, seed)} }

func (g *goZero) update(members []int) {
	g.members, g.nodes = members, make(map[int]*goZeroNode, len(members))
	for _, i := range members {
		g.nodes[i] = &goZeroNode{averages: averages{success: 1000}}
	}
}

func (g *goZero) pick(_ int, tried []int) (int, func(bool)) {
	from := g.untried(tried)
	a, b := g.two(from)
	for range goZeroPairs - 1 {
		if len(from) < 3 || g.nodes[a].healthy() && g.nodes[b].healthy() {
			break
		}
		a, b = g.two(from)
	}
	chosen := g.choose(a, b)
	n, began := g.nodes[chosen], g.now
	n.picked = g.now
	n.inFlight++
	return chosen, func(ok bool) {
		n.inFlight--
		n.observe(goZeroDecay, g.now, began, ok)
	}
}

func (g *goZero) choose(a, b int) int {
	if g.nodes[a].load() > g.nodes[b].load() {
		a, b = b, a
	}
	if g.now-g.nodes[b].picked > goZeroForced {
		return b
	}
	return a
}

func (n *goZeroNode) healthy() bool { return n.success > 500 }

func (n *goZeroNode) load() float64 {
	return math.Floor(math.Sqrt(n.lag+1)) * float64(n.inFlight+1)
}
