package balancer_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/balancer"
)

// odd fails a share of the requests fast, in no order in which a breaker would open soon.
func odd(share float64) func() answer {
	random := rand.New(rand.NewPCG(5, 5))
	return func() answer {
		if random.Float64() < share {
			return answer{time.Millisecond, fail}
		}
		return answer{5 * time.Millisecond, succeed}
	}
}

// outliers runs a test on ten replicas that are asked a thousand times a second; the first few answer as given.
func outliers(t *testing.T, few int, bad func() func() answer, test func(d *driver)) {
	t.Helper()
	inBubble(t, balancer.Options{Failures: -1, WarmUp: warmUp}, slices.Repeat([]int{1}, 10), func(d *driver) {
		for i, r := range replicas(slices.Repeat([]int{1}, 10)...) {
			if d.answer[r.ID] = always(5*time.Millisecond, succeed); i < few {
				d.answer[r.ID] = bad()
			}
		}
		test(d)
	})
}

func (d *driver) count(state balancer.State) (count int) {
	for _, s := range d.b.Stats() {
		if s.State == state {
			count++
		}
	}
	return count
}

func TestAReplicaThatFailsEveryOtherRequestIsTakenOut(t *testing.T) {
	outliers(t, 1, func() func() answer { return odd(0.5) }, func(d *driver) {
		d.paced(3000, time.Millisecond)
		d.wantState("A", balancer.Ejected)
		before := d.stats("A").Failures
		d.paced(60_000, time.Millisecond)
		if n := d.stats("A").Failures - before; n > 60 {
			t.Errorf("%d of 60000 requests failed on it, want less than 1 in 1000", n)
		}
	})
}

func TestAReplicaThatIsFarSlowerIsAskedSeldomAndNotTakenOut(t *testing.T) {
	outliers(t, 1, func() func() answer { return always(500*time.Millisecond, succeed) }, func(d *driver) {
		d.paced(5000, time.Millisecond)
		picks := d.during(func() {
			for range 60_000 {
				if d.paced(1, time.Millisecond); d.count(balancer.Ejected) > 0 {
					t.Fatalf("taken out: %+v", d.b.Stats())
				}
			}
		})
		if n := picks["A"]; n == 0 || n > 300 {
			t.Errorf("%d of 60000 requests went to it, want some and at most 0.5 %%", n)
		}
	})
}

func TestAnOutlierComesBackThroughOneRequestThatGoesWellAndWarmsUp(t *testing.T) {
	outliers(t, 1, func() func() answer { return odd(0.5) }, func(d *driver) {
		for d.count(balancer.Ejected) == 0 {
			d.paced(1, time.Millisecond)
		}
		d.answer["A"] = always(20*time.Millisecond, succeed)
		asked := d.picks["A"]
		d.paced(1900, time.Millisecond)
		if d.picks["A"] != asked {
			t.Error("it was asked before its time was up")
		}
		for d.count(balancer.Ejected) == 1 {
			d.paced(1, time.Millisecond)
		}
		if n := d.picks["A"] - asked; n != 1 {
			t.Errorf("it was asked %d times before it was back, want once", n)
		}
		d.wantState("A", balancer.Warming)
	})
}

func TestTheTimesOfAnOutlierGrowUpToThirtySeconds(t *testing.T) {
	outliers(t, 1, func() func() answer { return odd(0.9) }, func(d *driver) {
		var times []time.Duration
		for len(times) < 7 {
			for d.count(balancer.Ejected) == 0 {
				d.paced(1, time.Millisecond)
			}
			asked, began := d.picks["A"], time.Now()
			d.answer["A"] = always(time.Millisecond, fail)
			for d.picks["A"] == asked {
				d.paced(1, time.Millisecond)
			}
			times = append(times, time.Since(began).Round(time.Second))
			d.paced(3, time.Millisecond)
		}
		want := []time.Duration{2, 4, 8, 16, 30, 30, 30}
		for i := range want {
			if got := times[i]; got != want[i]*time.Second {
				t.Errorf("it was out for %v, want %v s", times, want)
				break
			}
		}
	})
}

func TestNoMoreThanTheShareIsTakenOutAndOneAtLeast(t *testing.T) {
	for _, c := range []struct{ bad, leaving, want int }{{3, 0, 3}, {5, 0, 4}, {4, 2, 2}, {2, 5, 1}} {
		outliers(t, c.bad, func() func() answer { return odd(0.5) }, func(d *driver) {
			for _, id := range ids(10)[10-c.leaving:] {
				d.outcomes(id, 1, leaving)
			}
			most := 0
			for range 12_000 {
				d.paced(1, time.Millisecond)
				most = max(most, d.count(balancer.Ejected))
			}
			if most != c.want {
				t.Errorf("with %d bad and %d that are leaving: at most %d were out, want %d", c.bad, c.leaving, most, c.want)
			}
		})
	}
}

// by answers and fails in turns: in "x." every other request fails.
func by(pattern string) func() answer {
	n := 0
	return func() answer {
		if n++; pattern[n%len(pattern)] == 'x' {
			return answer{time.Millisecond, fail}
		}
		return answer{5 * time.Millisecond, succeed}
	}
}

// requests are those that settled offers at a time.
var requests = balancer.Played(30_000, 10_000)

// settled offers requests twice, of which some of the first replicas fail a part, and returns the picks of the second
// half and the most that were out at a time.
func settled(t *testing.T, pause time.Duration, weights []int, failing ...string) (picks map[string]int, most int) {
	t.Helper()
	inBubble(t, balancer.Options{Failures: -1, WarmUp: warmUp}, weights, func(d *driver) {
		d.all(len(weights), always(5*time.Millisecond, succeed))
		for i, id := range ids(len(failing)) {
			d.answer[id] = by(failing[i])
		}
		pace := func() {
			for range requests {
				d.paced(1, pause)
				most = max(most, d.count(balancer.Ejected))
			}
		}
		pace()
		picks = d.during(pace)
	})
	return picks, most
}

// With 50 in flight the light ones have one or two each, as they should: the heavy ones fail 40 %.
func TestTheHeavyAreNotTakenOutTogetherThoughMostOthersAreWell(t *testing.T) {
	picks, most := settled(t, 100*time.Microsecond, []int{100, 100, 1, 1, 1}, "x.x..", "x.x..")
	if light := picks["C"] + picks["D"] + picks["E"]; most != 1 || 5*light > requests {
		t.Errorf("at most %d were out and %d of %d requests went to 1.5 %% of the capacity", most, light, requests)
	}
}

func TestTheRoomForOutliersIsOfWeight(t *testing.T) {
	for _, c := range []struct {
		weights []int
		failing []string
		want    int
	}{
		{[]int{4, 1, 1, 1, 1, 1, 1}, []string{"xxx.", "x."}, 1},    // 4 of 10 is all there is
		{[]int{4, 1, 1, 1, 1, 1, 1}, []string{"x.", "xxx."}, 1},    // the worse one
		{[]int{5, 1, 1, 1, 1, 1}, []string{"x.", "xxx.", "x."}, 2}, // what is left has room for a light one
		{[]int{1, 1, 9, 1}, []string{"x.", "x."}, 2},               // 2 of 12
		{[]int{1, 9, 1, 1, 1}, []string{"x.", "x."}, 1},            // one of them, whatever it weighs
		{[]int{1, 1, 1, 1, 1, 1, 0, 0}, []string{"x.", "x.", "x."}, 2},
	} {
		if _, most := settled(t, time.Millisecond, c.weights, c.failing...); most != c.want {
			t.Errorf("of weights %v, that fail %q, at most %d were out, want %d", c.weights, c.failing, most, c.want)
		}
	}
}

func TestOfTwoThatDoAsBadlyTheHeavierIsTakenOut(t *testing.T) {
	inBubble(t, balancer.Options{MaxEjected: 0.3}, []int{1, 2, 1, 1, 1, 1}, func(d *driver) {
		var leases []balancer.Lease
		for range 6 {
			leases = append(leases, d.leaseOf("A"), d.leaseOf("B"))
		}
		d.outcomes("C", 20, succeed)
		for _, l := range leases {
			l.Done(refuse)
		}
		d.ask()
		d.wantState("A", balancer.Ready)
		d.wantState("B", balancer.Ejected)
	})
}

func TestOneThatAnswersNothingMakesNoRoomForOthers(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{6, 1, 1, 1, 1, 1}, func(d *driver) {
		var leases []balancer.Lease
		for range 6 {
			leases = append(leases, d.leaseOf("A"), d.leaseOf("A"), d.leaseOf("B"), d.leaseOf("C"), d.leaseOf("D"))
		}
		d.outcomes("E", 20, succeed)
		for _, l := range leases {
			l.Done(refuse)
		}
		d.ask()
		if n := d.count(balancer.Ejected); n != 3 || !d.b.Mute("A") {
			t.Errorf("%d are out, want A, which answers nothing, and two of the other five: %+v", n, d.b.Stats())
		}
	})
}

func TestALastChoiceThatRefusesItsProbeIsNoOutlier(t *testing.T) {
	inBubble(t, balancer.Options{Failures: 1}, []int{1, 0}, func(d *driver) {
		d.outcomes("B", 1, fail)
		sleep(2*time.Second + 1)
		d.lease().Done(refuse)
		d.wantState("B", balancer.LastChoice)
	})
}

func TestWhatGetsWeightZeroIsNoOutlierAnyMore(t *testing.T) {
	told(t, balancer.Options{}, []int{1, 1, 1}, func(d *driver, changes *[]string) {
		d.answer["A"] = always(time.Millisecond, refuse)
		for d.count(balancer.Ejected) == 0 {
			d.paced(1, time.Millisecond)
		}
		d.b.Update(replicas(0, 1, 1))
		d.b.Review()
		d.wantState("A", balancer.LastChoice)
		if got := (*changes)[len(*changes)-1]; !strings.HasSuffix(got, "its weight is 0 now") {
			t.Errorf("told %q", got)
		}
	})
}

func TestOutliersComeBackWhenLeavingOnesNeedTheRoom(t *testing.T) {
	outliers(t, 4, func() func() answer { return odd(0.5) }, func(d *driver) {
		for d.count(balancer.Ejected) < 4 {
			d.paced(1, time.Millisecond)
		}
		d.outcomes("J", 1, balancer.Outcome{Result: balancer.Success, Draining: true})
		d.paced(1, time.Millisecond)
		if n := d.count(balancer.Ejected); n != 3 {
			t.Errorf("%d outliers are out beside one that is leaving, want 3", n)
		}
	})
}

func TestOneOfTwoMayBeTakenOutAndALoneOneNever(t *testing.T) {
	for _, weights := range [][]int{{1}, {1, 1}} {
		inBubble(t, balancer.Options{Failures: -1}, weights, func(d *driver) {
			d.answer["A"], d.answer["B"] = odd(0.9), always(5*time.Millisecond, succeed)
			out := 0
			for range 5000 {
				d.paced(1, time.Millisecond)
				out = max(out, d.count(balancer.Ejected))
			}
			if out != len(weights)-1 {
				t.Errorf("of %d replicas %d were taken out", len(weights), out)
			}
		})
	}
}

func TestWhatAllSufferIsNoOutlier(t *testing.T) {
	outliers(t, 10, func() func() answer { return odd(0.6) }, func(d *driver) {
		for range 5000 {
			if d.paced(1, time.Millisecond); d.count(balancer.Ejected) > 1 {
				t.Fatalf("%d of ten that are all bad were taken out", d.count(balancer.Ejected))
			}
		}
	})
}

func TestFailuresOfBeforeDoNotCountAfterTheReturn(t *testing.T) {
	for seed := range balancer.Played[uint64](20, 4) {
		told(t, balancer.Options{WarmUp: warmUp}, []int{1, 1, 1, 1}, func(d *driver, changes *[]string) {
			chance := rand.New(rand.NewPCG(seed, 2))
			pace := func(requests int) {
				for range requests {
					d.paced(1, time.Duration(50+chance.IntN(100))*time.Millisecond)
				}
			}
			pace(60)
			d.answer["A"] = always(time.Millisecond, fail)
			for d.stats("A").Breaker != "open" {
				pace(1)
			}
			d.answer["A"] = nil
			pace(300)
			if len(*changes) != 2 {
				t.Errorf("told %q, want that it was out once", *changes)
			}
		})
	}
}

func TestOneThatHasHealedIsNotTakenOutForWhatItFailedBefore(t *testing.T) {
	for seed := range balancer.Played[uint64](60, 6) {
		told(t, balancer.Options{WarmUp: warmUp}, []int{1, 1, 1, 1}, func(d *driver, changes *[]string) {
			chance := rand.New(rand.NewPCG(seed, 2))
			pace := func(while func() bool) {
				for while() {
					d.paced(1, time.Duration(50+chance.IntN(100))*time.Millisecond)
				}
			}
			lasts := func(duration time.Duration) func() bool {
				until := time.Now().Add(duration)
				return func() bool { return time.Now().Before(until) }
			}
			pace(lasts(6*time.Second + time.Duration(seed)*50*time.Millisecond))
			d.answer["A"] = always(time.Millisecond, fail)
			pace(lasts(1500 * time.Millisecond))
			d.answer["A"] = nil
			before := d.stats("A").Successes
			pace(func() bool { return d.stats("A").Successes < before+4 })
			had := len(*changes)
			pace(lasts(20 * time.Second))
			for _, change := range (*changes)[had:] {
				if strings.Contains(change, " out ") {
					t.Errorf("seed %d: told %q", seed, *changes)
				}
			}
		})
	}
}

func TestNobodyWarmIsTakenOutWhenTheFleetDoublesWhateverItsLatency(t *testing.T) {
	for _, c := range []struct{ before, after int }{{1, 2}, {2, 5}, {4, 8}, {10, 20}} {
		for _, latency := range []time.Duration{5 * time.Millisecond, 500 * time.Millisecond} {
			told(t, balancer.Options{WarmUp: warmUp}, slices.Repeat([]int{1}, c.before), func(d *driver, changes *[]string) {
				d.all(c.after, always(time.Millisecond, succeed))
				d.all(c.before, always(latency, succeed))
				d.paced(1000, 2*time.Millisecond)
				d.b.Update(replicas(slices.Repeat([]int{1}, c.after)...))
				d.paced(5000, 2*time.Millisecond)
				wantTold(t, *changes)
			})
		}
	}
}

func TestATrialThatIsAnsweredHoweverSlowlyEndsTheEjection(t *testing.T) {
	told(t, balancer.Options{}, []int{1, 1, 1}, func(d *driver, changes *[]string) {
		d.answer["A"] = always(time.Millisecond, refuse)
		for d.count(balancer.Ejected) == 0 {
			d.paced(1, 2*time.Millisecond)
		}
		d.answer["A"] = always(900*time.Millisecond, succeed)
		d.paced(6000, 2*time.Millisecond)
		d.wantState("A", balancer.Ready)
		if n := len(*changes); n != 2 || !strings.HasSuffix((*changes)[1], "it answered the request that tried it, in 900ms") {
			t.Errorf("told %q, want that it was out once and back after a slow answer", *changes)
		}
	})
}

func TestATrialThatIsRefusedOrHalfAnsweredDoublesTheTime(t *testing.T) {
	for _, o := range []balancer.Outcome{refuse, half} {
		inBubble(t, balancer.Options{}, []int{1, 1, 1}, func(d *driver) {
			d.answer["A"] = always(time.Millisecond, o)
			var trials []time.Duration
			for began := time.Now(); len(trials) < 4; began = time.Now() {
				for d.count(balancer.Ejected) == 0 {
					d.paced(1, time.Millisecond)
				}
				for asked := d.picks["A"]; d.picks["A"] == asked; {
					d.paced(1, time.Millisecond)
				}
				trials = append(trials, time.Since(began).Round(time.Second))
			}
			if want := []time.Duration{4e9, 8e9, 16e9}; !slices.Equal(trials[1:], want) {
				t.Errorf("tried after %v, want %v from the second on", trials, want)
			}
		})
	}
}

func TestLateFailuresOfRequestsFromBeforeTheReturnSayNothing(t *testing.T) {
	told(t, balancer.Options{Failures: 2}, []int{1, 1, 1}, func(d *driver, changes *[]string) {
		d.callers(300, 3)
		var late []balancer.Lease
		for range 12 {
			late = append(late, d.leaseOf("A"))
		}
		late[0].Done(fail)
		late[1].Done(fail)
		sleep(2*time.Second + 1)
		probe := d.lease()
		sleep(20 * time.Millisecond)
		probe.Done(succeed)
		for i, l := range late[2:] {
			l.Done([]balancer.Outcome{fail, refuse}[i%2])
		}
		wantShares(t, d.during(func() { d.paced(600, 5*time.Millisecond) }), []int{1, 1, 1}, 15)
		if len(*changes) != 2 {
			t.Errorf("told %q, want that it was out once", *changes)
		}
	})
}

func TestAFewAnswersOfOthersAreNoReasonToTakeAReplicaOut(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		for _, c := range []struct {
			answers int
			want    balancer.State
		}{{5, balancer.Ready}, {15, balancer.Ejected}} {
			d.outcomes("A", 5, refuse)
			d.outcomes("B", c.answers, succeed)
			sleep(50 * time.Millisecond)
			d.outcomes("A", 1, refuse)
			d.lease("A").Done(succeed)
			d.wantState("A", c.want)
		}
	})
}
