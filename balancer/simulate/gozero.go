package simulate

import (
	"math"
	"time"
)

// goZero is the rule of go-zero v1.10.3, zrpc/internal/balancer/p2c: the lower √(lag + 1) × (in flight + 1) of two, averaged
// with a time constant of 10 s by the time since the sample before. Up to three pairs are drawn for one of which both had
// successes in more than half; of two replicas there is one pair. The loser is picked all the same when it was not picked for a
// second. A change of the set builds a new picker, in random order, which remembers nothing. It reads no weights.
type goZero struct {
	chooser
	nodes map[int]*goZeroNode
}

type goZeroNode struct {
	averages
	inFlight int64
	picked   time.Duration
}

const (
	goZeroDecay   = 10 * time.Second
	goZeroForced  = time.Second
	goZeroPairs   = 3
	goZeroHealthy = 500
)

func newGoZero(s *simulation, seed uint64) policy { return &goZero{chooser: newChooser(s, seed)} }

func (g *goZero) update(members []int) {
	g.members, g.nodes = make([]int, len(members)), make(map[int]*goZeroNode, len(members))
	for at, from := range g.random.Perm(len(members)) {
		g.members[at] = members[from]
		g.nodes[members[from]] = &goZeroNode{averages: averages{success: 1000}, picked: -time.Hour}
	}
}

func (g *goZero) pick(_ int, tried []int) (int, func(outcome)) {
	chosen := g.choose(g.pair(g.untried(tried)))
	n, began := g.nodes[chosen], g.now
	n.picked = g.now
	n.inFlight++
	return chosen, func(o outcome) {
		n.inFlight--
		n.observe(goZeroDecay, g.now, began, o == answered)
	}
}

// pair is the first of three pairs that is healthy, or the last.
func (g *goZero) pair(from []int) (a, b int) {
	if len(from) < 3 {
		return from[0], from[len(from)-1]
	}
	for range goZeroPairs {
		if a, b = g.two(from); g.nodes[a].healthy() && g.nodes[b].healthy() {
			break
		}
	}
	return a, b
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

func (n *goZeroNode) healthy() bool { return n.success > goZeroHealthy }

func (n *goZeroNode) load() int64 {
	return int64(math.Sqrt(float64(n.lag+1))) * (n.inFlight + 1)
}
