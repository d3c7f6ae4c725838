package balancer_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"ms2.internal/lb/balancer"
)

const warmUp = 3 * time.Second

// coldFirst answers so many requests in 200 ms and the others in 5 ms.
func coldFirst(cold int) func() answer {
	return func() answer {
		if cold--; cold >= 0 {
			return answer{200 * time.Millisecond, succeed}
		}
		return answer{5 * time.Millisecond, succeed}
	}
}

// besideWarmOnes runs a test in which C joins A and B, which answer in 5 ms and are asked 500 times a second.
func besideWarmOnes(t *testing.T, c func() answer, test func(d *driver)) {
	t.Helper()
	inBubble(t, balancer.Options{WarmUp: warmUp}, []int{1, 1}, func(d *driver) {
		d.answer["A"], d.answer["B"], d.answer["C"] = always(5*time.Millisecond, succeed), always(5*time.Millisecond, succeed), c
		d.paced(2000, 2*time.Millisecond)
		d.b.Update(replicas(1, 1, 1))
		test(d)
	})
}

func TestAColdNewcomerIsNotFloodedNorForgotten(t *testing.T) {
	besideWarmOnes(t, coldFirst(20), func(d *driver) {
		burst := d.during(func() {
			for range 100 {
				d.ask()
			}
		})
		if burst["C"] > 15 {
			t.Errorf("the newcomer got %d of a burst of 100, want little more than its tenth of a share", burst["C"])
		}
		if first := d.during(func() { d.paced(500, 2*time.Millisecond) }); first["C"]+burst["C"] == 0 {
			t.Error("the newcomer got nothing within the first second")
		}
		d.paced(1000, 2*time.Millisecond)
		wantShares(t, d.during(func() { d.paced(1000, 2*time.Millisecond) }), []int{1, 1, 1}, 15)
	})
}

// Picked and given back at one moment, half way, where the line is at 0.55 of the weight.
func TestANewcomersShareGrowsInAStraightLine(t *testing.T) {
	for _, n := range []int{3, 2, 11, 21, 101}[:balancer.Played(5, 3)] {
		for _, cycle := range [][]int{{1}, {10, 1, 3}} {
			weights, others := make([]int, n), 0
			for i := range weights {
				weights[i] = cycle[i%len(cycle)]
				others += weights[i]
			}
			newcomer := weights[n-1]
			others -= newcomer
			inBubble(t, balancer.Options{WarmUp: warmUp}, weights[:n-1], func(d *driver) {
				d.b.Update(replicas(weights...))
				sleep(warmUp / 2)
				want := 0.55 * float64(newcomer) / (0.55*float64(newcomer) + float64(others))
				if got := d.shareOf(replicas(weights...)[n-1].ID, int(2000/want)); math.Abs(got/want-1) > 0.1 {
					t.Errorf("%d replicas, weights %v: the newcomer gets %.4f of the picks, want %.4f", n, cycle, got, want)
				}
			})
		}
	}
}

// shareOf is a replica's share of so many picks that are made at one moment and given back.
func (d *driver) shareOf(id string, picks int) float64 {
	got := 0
	for range picks {
		l := d.lease()
		if l.Instance().ID == id {
			got++
		}
		l.Cancel()
	}
	return float64(got) / float64(picks)
}

// Whole requests do not divide by weight, so that in between of thin and heavy traffic shares are less exact.
func TestANewcomersShareGrowsSteadilyUnderLoad(t *testing.T) {
	for _, c := range []struct {
		pause time.Duration
		off   float64
	}{{2 * time.Millisecond, 0.35}, {200 * time.Microsecond, 0.1}} {
		besideWarmOnes(t, always(5*time.Millisecond, succeed), func(d *driver) {
			for i, want := range []float64{0.25, 0.55, 0.85, 1} { // of what a warm one gets, in the middle of each second
				picks := d.during(func() { d.paced(int(time.Second/c.pause), c.pause) })
				got := float64(picks["C"]) / float64(picks["A"]+picks["B"]) * 2
				t.Logf("one request in %v, second %d: %.2f of what a warm replica got", c.pause, i+1, got)
				if math.Abs(got/want-1) > c.off {
					t.Errorf("one request in %v: in second %d the newcomer got %.2f of what a warm one did, want %.2f", c.pause, i+1, got, want)
				}
			}
		})
	}
}

func TestAReplicaThatIsBackIsANewcomer(t *testing.T) {
	inBubble(t, balancer.Options{WarmUp: warmUp, Failures: 1}, []int{1, 1, 1}, func(d *driver) {
		d.answer["C"] = always(time.Millisecond, fail)
		for d.picks["C"] == 0 {
			d.paced(1, 2*time.Millisecond)
		}
		d.answer["C"] = nil
		d.paced(1050, 2*time.Millisecond)
		d.wantState("C", balancer.Warming)
		picks := d.during(func() { d.paced(250, 2*time.Millisecond) })
		if picks["C"] == 0 || picks["C"] > picks["A"]/2 {
			t.Errorf("picked %v, want few of C, which is just back", picks)
		}
		d.paced(1500, 2*time.Millisecond)
		d.wantState("C", balancer.Ready)
		wantShares(t, d.during(func() { d.paced(1500, 2*time.Millisecond) }), []int{1, 1, 1}, 10)
	})
}

func TestNobodyWarmsUpBesideReplicasOfWeightZeroNorDoTheyThemselves(t *testing.T) {
	inBubble(t, balancer.Options{WarmUp: warmUp, Failures: 1}, []int{0, 0}, func(d *driver) {
		d.b.Update(replicas(0, 0, 1, 1))
		d.wantState("C", balancer.Ready)
		d.b.Update(replicas(0, 0, 1, 1, 0))
		d.outcomes("A", 1, fail)
		sleep(2*time.Second + 1)
		d.lease().Done(succeed) // it probed A
		for _, id := range []string{"A", "E"} {
			d.wantState(id, balancer.LastChoice)
		}
		d.b.Update(replicas(1, 1, 1, 1, 1)) // A, B and E were not asked
		for id, want := range map[string]balancer.State{
			"A": balancer.Warming, "B": balancer.Warming, "C": balancer.Ready, "D": balancer.Ready, "E": balancer.Warming,
		} {
			d.wantState(id, want)
		}
	})
}

// Where all fail one in twenty it does, too: that is not held against it alone.
func TestFailuresThatAllHaveLeaveANewcomerItsShare(t *testing.T) {
	inBubble(t, balancer.Options{WarmUp: warmUp}, []int{1, 1}, func(d *driver) {
		for seed, id := range ids(3) {
			chance := rand.New(rand.NewPCG(uint64(seed), 5))
			d.answer[id] = func() answer {
				if chance.IntN(20) == 0 {
					return answer{5 * time.Millisecond, fail}
				}
				return answer{5 * time.Millisecond, succeed}
			}
		}
		d.paced(5000, 2*time.Millisecond)
		d.b.Update(replicas(1, 1, 1))
		for i, want := range []float64{0.25, 0.55, 0.85, 1} {
			picks := d.during(func() { d.paced(500, 2*time.Millisecond) })
			if got := float64(picks["C"]) / float64(picks["A"]+picks["B"]) * 2; math.Abs(got/want-1) > 0.4 {
				t.Errorf("in second %d the newcomer got %.2f of what a warm one did, want %.2f", i+1, got, want)
			}
		}
	})
}

func TestReplicasThatAreAllNewShareEvenlyAtOnce(t *testing.T) {
	inBubble(t, balancer.Options{WarmUp: warmUp}, []int{1, 1, 1}, func(d *driver) {
		picks := d.during(func() {
			for range 99 {
				d.ask()
			}
		})
		wantShares(t, picks, []int{1, 1, 1}, 15)
	})
}
