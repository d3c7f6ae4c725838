package simulate

import (
	"math/rand/v2"
	"slices"
)

// policy is a client's way to choose.
type policy interface {
	// update tells which replicas there are.
	update(members []int)
	// pick chooses one for so many SIDs, one that was not tried if there is any; none refuses. done is called once.
	pick(work int, tried []int) (replica int, done func(outcome))
}

// outcome is how an attempt ended.
type outcome int

const (
	answered outcome = iota
	failed
	refused // by an answer that brings no verdict; to peers a failure, as an adopter tells them
)

const none = -1

// maker makes the policy of one client. Chance is drawn from the seed.
type maker func(s *simulation, seed uint64) policy

// contender is a policy with its name.
type contender struct {
	name  string
	make  maker
	asks  bool // it needs replicas that answer probes
	bound bool // it knows what no client can: to approach, not to beat
}

// contenders in the order of the tables. Ours is the first.
var contenders = []contender{
	{name: "ours", make: newOurs},
	{name: "random", make: newRandom},
	{name: "round robin", make: newRoundRobin},
	{name: "p2c in flight", make: newTwoChoices},
	{name: "p2c peak ewma", make: newPeakEWMA},
	{name: "go-zero", make: newGoZero},
	{name: "kratos", make: newKratos},
	{name: "prequal", make: newPrequal, asks: true},
	{name: "least in flight", make: newLeastInFlight, bound: true},
	{name: "oracle", make: newOracle, bound: true},
}

// chooser is what the policies of two choices have in common.
type chooser struct {
	*simulation
	random  *rand.Rand
	members []int
}

func newChooser(s *simulation, seed uint64) chooser {
	return chooser{simulation: s, random: rand.New(rand.NewPCG(seed, 2))}
}

func (c *chooser) update(members []int) { c.members = members }

// untried is who may be asked: those that were not tried, or all when there are no such.
func (c *chooser) untried(tried []int) []int {
	if len(tried) == 0 {
		return c.members
	}
	left := slices.DeleteFunc(slices.Clone(c.members), func(i int) bool { return slices.Contains(tried, i) })
	if len(left) == 0 {
		return c.members
	}
	return left
}

// two draws two of them, distinct if there are two.
func (c *chooser) two(from []int) (int, int) {
	first := c.random.IntN(len(from))
	if len(from) == 1 {
		return from[first], from[first]
	}
	second := c.random.IntN(len(from) - 1)
	if second >= first {
		second++
	}
	return from[first], from[second]
}

// cheaper draws two and returns the one that costs less, the first when they tie.
func (c *chooser) cheaper(tried []int, cost func(i int) float64) int {
	a, b := c.two(c.untried(tried))
	if cost(b) < cost(a) {
		return b
	}
	return a
}

// best returns one of the cheapest, any of them when they tie.
func (c *chooser) best(from []int, cost func(i int) float64) int {
	best, lowest, tied := from[0], cost(from[0]), 1
	for _, i := range from[1:] {
		switch price := cost(i); {
		case price < lowest:
			best, lowest, tied = i, price, 1
		case price == lowest:
			if tied++; c.random.IntN(tied) == 0 {
				best = i
			}
		}
	}
	return best
}

func nothing(outcome) {}
