package balancer_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"ms2.internal/lb/balancer"
)

// wantAllIn fails the test when a replica was ejected or its breaker opened, ever.
func wantAllIn(t *testing.T) func(balancer.Change) {
	return func(c balancer.Change) {
		if c.Kind == balancer.Out || c.Kind == balancer.Back || c.Kind == balancer.Withheld {
			t.Errorf("%s: %+v", c.Instance.ID, c)
		}
	}
}

func TestWhatAllRefuseAlikeIsNoFaultOfAReplica(t *testing.T) {
	for name, o := range map[string]balancer.Outcome{
		"refused": refuse, "shed": shed(0), "nothing": {Result: balancer.Success, Missing: 1},
	} {
		for _, n := range []int{3, 1, 2, 30}[:balancer.Played(4, 1)] {
			for _, callers := range []int{1, 20} {
				t.Run(fmt.Sprintf("%s of %d replicas, %d callers", name, n, callers), func(t *testing.T) {
					inBubble(t, balancer.Options{WarmUp: warmUp, OnChange: wantAllIn(t)}, slices.Repeat([]int{1}, n), func(d *driver) {
						d.sufferAlike(o, n, callers)
					})
				})
			}
		}
	}
}

// sufferAlike has all replicas answer alike for a while, and then well: they share evenly throughout.
func (d *driver) sufferAlike(o balancer.Outcome, n, callers int) {
	d.all(n, always(5*time.Millisecond, succeed))
	d.persist(1300*time.Millisecond, callers)
	d.all(n, always(time.Millisecond, o))
	uneven := 25.0
	if o.Result == balancer.Shed {
		uneven = 300 // whose rest ends first has all to itself for a moment
	}
	d.wantEven(n, uneven, d.during(func() { d.persist(3*time.Second, callers) }))
	d.all(n, always(5*time.Millisecond, succeed))
	d.persist(100*time.Millisecond, callers)
	d.wantEven(n, 25, d.during(func() { d.persist(time.Second, callers) }))
}

// wantEven allows a percentage and four standard deviations.
func (d *driver) wantEven(n int, percent float64, picks map[string]int) {
	all := 0
	for _, p := range picks {
		all += p
	}
	mean := float64(all) / float64(n)
	for _, id := range ids(n) {
		if off := float64(picks[id]) - mean; off*off > max(16*mean, mean*mean*percent*percent/10_000) {
			d.t.Errorf("%s got %d of %d picks, want about %.0f", id, picks[id], all, mean)
		}
	}
}

func TestReplicasThatRefuseHalfAtRandomStayIn(t *testing.T) {
	for seed := range balancer.Played[uint64](2, 1) {
		for _, n := range []int{2, 3, 10} {
			inBubble(t, balancer.Options{OnChange: wantAllIn(t)}, slices.Repeat([]int{1}, n), func(d *driver) {
				chance := rand.New(rand.NewPCG(seed, 1))
				d.elsewhere = true
				d.all(n, func() answer {
					if chance.IntN(2) == 0 {
						return answer{time.Millisecond, refuse}
					}
					return answer{5 * time.Millisecond, succeed}
				})
				d.paced(60*300, time.Second/300)
			})
		}
	}
}

func TestWhoeverWasTakenOutIsBackAsSoonAsAllRefuse(t *testing.T) {
	for _, few := range []int{1, 2} {
		inBubble(t, balancer.Options{WarmUp: warmUp}, []int{1, 1, 1}, func(d *driver) {
			d.all(few, always(time.Millisecond, refuse))
			d.persist(3*time.Second, 5)
			if n := d.count(balancer.Ejected); n != few {
				t.Errorf("%d are out, want %d", n, few)
			}
			d.all(3, always(time.Millisecond, refuse))
			d.persist(500*time.Millisecond, 5)
			if n := d.count(balancer.Ejected); n != 0 {
				t.Errorf("%d are out, want none", n)
			}
			d.persist(20*time.Second, 5)
			if n := d.count(balancer.Ejected); n != 0 {
				t.Errorf("%d are out at last, want none", n)
			}
		})
	}
}

func TestAReplicaThatRefusesAllIsBackWhenTheOthersRefuseMost(t *testing.T) {
	inBubble(t, balancer.Options{}, slices.Repeat([]int{1}, 10), func(d *driver) {
		d.answer["A"] = always(time.Millisecond, refuse)
		d.persist(3*time.Second, 20)
		d.wantState("A", balancer.Ejected)
		chance := rand.New(rand.NewPCG(1, 1))
		d.all(10, func() answer {
			if chance.IntN(4) > 0 {
				return answer{time.Millisecond, refuse}
			}
			return answer{5 * time.Millisecond, succeed}
		})
		d.answer["A"] = always(time.Millisecond, refuse)
		d.persist(3*time.Second, 20)
		if s := d.stats("A"); s.State != balancer.Ready {
			t.Errorf("it is %+v, want it back", s)
		}
	})
}

// What a replica refused itself is no evidence of what the others answer.
func TestOfTwoThatRefuseAsMuchNoneIsTakenOut(t *testing.T) {
	for seed := range balancer.Played[uint64](20, 4) {
		chance := rand.New(rand.NewPCG(seed, 6))
		inBubble(t, balancer.Options{WarmUp: warmUp, OnChange: wantAllIn(t)}, []int{1, 1}, func(d *driver) {
			d.all(2, func() answer {
				if chance.Float64() < 0.4 {
					return answer{5 * time.Millisecond, refuse}
				}
				return answer{5 * time.Millisecond, succeed}
			})
			d.paced(300, 200*time.Millisecond)
		})
	}
}
