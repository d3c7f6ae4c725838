package balancer_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/discovery"
)

// traffic is a way to offer requests; those of thin traffic find every replica idle, of heavy traffic none.
type traffic struct {
	name    string
	percent float64 // by how much of itself a share may be off
	offer   func(d *driver, requests int)
}

func pacedAt(pause time.Duration) func(*driver, int) {
	return func(d *driver, requests int) { d.paced(requests, pause) }
}

func fromCallers(callers int) func(*driver, int) {
	return func(d *driver, requests int) { d.callers(requests, callers) }
}

var traffics = []traffic{ // as the package comment says: 5 % when it is thin, 7 % when it is heavy, 18 % in between
	{"one in five seconds", 5, pacedAt(5 * time.Second)},
	{"one a second", 5, pacedAt(time.Second)},
	{"ten a second", 5, pacedAt(100 * time.Millisecond)},
	{"one caller", 5, fromCallers(1)},
	// With about as many requests in flight as replicas, whole requests do not divide by weight: 60 % off without the
	// granule of the cost.
	{"a hundred a second", 18, pacedAt(10 * time.Millisecond)},
	{"four callers", 18, fromCallers(4)},
	{"a thousand a second", 7, pacedAt(time.Millisecond)},
	{"twenty callers", 7, fromCallers(20)},
	{"sixty callers", 7, fromCallers(60)},
}

func TestSharesFollowTheWeightsWhenReplicasAreEquallyFast(t *testing.T) {
	for _, weights := range [][]int{{1, 2, 4}, {1, 1, 1}, {1, 1, 4}}[:balancer.Played(3, 1)] {
		for _, traffic := range traffics {
			t.Run(fmt.Sprint(weights, " ", traffic.name), func(t *testing.T) {
				inBubble(t, balancer.Options{}, weights, func(d *driver) {
					traffic.offer(d, 20_000)
					wantShares(t, d.picks, weights, traffic.percent)
				})
			})
		}
	}
}

// The weights of 60,000 and 10,000 in Consul, which counts ten times, and the largest that there are.
func TestSharesFollowTheLargestWeightsToo(t *testing.T) {
	for _, weights := range [][]int{{600_000, 100_000}, {discovery.MaxWeight, discovery.MaxWeight / 2}} {
		t.Run(fmt.Sprint(weights), func(t *testing.T) {
			inBubble(t, balancer.Options{}, weights, func(d *driver) {
				d.paced(20_000, 100*time.Millisecond)
				wantShares(t, d.picks, weights, 5)
			})
		})
	}
}

func TestSharesFollowWhateverWeights(t *testing.T) {
	for seed := range balancer.Played[uint64](4, 1) {
		chance := rand.New(rand.NewPCG(seed, 9))
		weights, total := make([]int, 2+chance.IntN(10)), 0
		for i := range weights {
			weights[i] = 1 + chance.IntN(9)
			total += weights[i]
		}
		t.Run(fmt.Sprint(weights), func(t *testing.T) {
			inBubble(t, balancer.Options{}, weights, func(d *driver) {
				d.paced(6000*total/slices.Min(weights), 100*time.Millisecond)
				wantShares(t, d.picks, weights, 5)
			})
		})
	}
}

func TestSharesFollowTheWeightsThoughLatenciesScatter(t *testing.T) {
	weights := []int{1, 1, 4}
	for _, traffic := range traffics[balancer.Played(0, len(traffics)-3):] {
		t.Run(traffic.name, func(t *testing.T) {
			inBubble(t, balancer.Options{}, weights, func(d *driver) {
				scatter := rand.New(rand.NewPCG(5, 6))
				for _, id := range []string{"A", "B", "C"} {
					d.answer[id] = func() answer {
						return answer{time.Duration((10 + 10*scatter.ExpFloat64()) * float64(time.Millisecond)), succeed}
					}
				}
				traffic.offer(d, 20_000)
				wantShares(t, d.picks, weights, traffic.percent)
			})
		})
	}
}

// On a busy machine a few requests of every replica stall, at random. Over ten seconds, as a person would look at it, who takes
// up to a fifth for even.
func TestStallsThatHitEqualReplicasByChanceLeaveTheirSharesEven(t *testing.T) {
	for seed := range balancer.Played[uint64](10, 2) {
		inBubble(t, balancer.Options{}, []int{1, 1, 1}, func(d *driver) {
			chance := rand.New(rand.NewPCG(seed, 1))
			for _, id := range []string{"A", "B", "C"} {
				d.answer[id] = func() answer {
					if chance.IntN(100) == 0 {
						return answer{time.Duration(20+chance.IntN(40)) * time.Millisecond, succeed}
					}
					return answer{time.Duration(300+chance.IntN(400)) * time.Microsecond, succeed}
				}
			}
			d.paced(2500, 4*time.Millisecond)
			wantShares(t, d.picks, []int{1, 1, 1}, 20)
		})
	}
}

func wantShares(t *testing.T, picks map[string]int, weights []int, percent float64) {
	t.Helper()
	picked, total := 0, 0
	for _, n := range picks {
		picked += n
	}
	for _, w := range weights {
		total += w
	}
	for i, w := range weights {
		id := string(rune('A' + i))
		want := float64(picked) * float64(w) / float64(total)
		off := 100 * (float64(picks[id]) - want) / want
		t.Logf("%s: %d picks, %+.1f %%", id, picks[id], off)
		if math.Abs(off) > percent {
			t.Errorf("%s got %d picks, want %.0f within %v %%", id, picks[id], want, percent)
		}
	}
}
