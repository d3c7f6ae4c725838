package balancer_test

import (
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

func TestANewcomersShareGrowsSteadily(t *testing.T) {
	besideWarmOnes(t, always(5*time.Millisecond, succeed), func(d *driver) {
		for i, want := range []float64{0.25, 0.55, 0.85, 1} { // of an even share in the middle of each second
			picks := d.during(func() { d.paced(500, 2*time.Millisecond) })
			got := float64(picks["C"]) / float64(picks["A"]+picks["B"]) * 2
			t.Logf("second %d: %.2f of what an old replica got", i+1, got)
			if got < 0.7*want || got > want+0.1 {
				t.Errorf("in second %d the newcomer got %.2f of what an old replica did, want %.2f or somewhat less", i+1, got, want)
			}
		}
	})
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
