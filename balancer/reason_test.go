package balancer_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/balancer"
)

// wantReason holds what the stats say of A against this. The numbers are compared to a thousandth.
func (d *driver) wantReason(state balancer.State, reason balancer.Reason, why string, e balancer.Evidence) {
	d.t.Helper()
	s := d.stats("A")
	if state == balancer.Broken || state == balancer.Ejected { // which say besides when it is looked at again
		if s.Why, s.Evidence.Rest = strings.SplitN(s.Why, "; ", 2)[0], 0; s.Why == d.stats("A").Why {
			d.t.Errorf("not said when it is looked at again: %q", s.Why)
		}
	}
	s.Evidence.OthersShare = math.Round(s.Evidence.OthersShare*1000) / 1000
	s.Evidence.Unanswered = math.Round(s.Evidence.Unanswered*1000) / 1000
	if s.State != state || s.Reason != reason || s.Why != why || s.Evidence != e {
		d.t.Errorf("A is %q for %q, %q, %+v;\nwant %q for %q, %q, %+v", s.State, s.Reason, s.Why, s.Evidence, state, reason, why, e)
	}
}

// fastFleet has all answer in 5 ms.
func fastFleet(t *testing.T, o balancer.Options, weights []int, test func(d *driver)) {
	t.Helper()
	inBubble(t, o, weights, func(d *driver) {
		for _, r := range replicas(weights...) {
			d.answer[r.ID] = always(5*time.Millisecond, succeed)
		}
		test(d)
	})
}

func TestABreakerThatFailuresOpenedIsToldFromOneWhoseProbeFailed(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		d.outcomes("A", 5, fail)
		row := balancer.Evidence{InRow: 5}
		d.wantReason(balancer.Broken, balancer.ReasonFailuresInRow, "5 failures in a row", row)
		probe := func() balancer.Lease {
			sleep(2*time.Second + 1)
			return d.lease()
		}
		first := probe()
		d.wantReason(balancer.Probing, balancer.ReasonFailuresInRow, "5 failures in a row", row)
		first.Cancel()
		d.wantReason(balancer.Broken, balancer.ReasonFailuresInRow, "5 failures in a row", row)
		probe().Done(fail)
		d.wantReason(balancer.Broken, balancer.ReasonProbeFailed, "the probe failed", balancer.Evidence{InRow: 5, Probes: 1})
		probe().Done(fail)
		probe() // and no outcome in time
		sleep(5 * time.Second)
		d.ask()
		d.wantReason(balancer.Broken, balancer.ReasonProbeFailed, "the probe failed, 3 times by now", balancer.Evidence{InRow: 5, Probes: 3})
		probe().Done(succeed)
		d.outcomes("A", 5, fail)
		d.wantReason(balancer.Broken, balancer.ReasonFailuresInRow, "5 failures in a row", row)
		if s := d.stats("A"); s.Opened != 2 {
			t.Errorf("its breaker opened %d times, want 2", s.Opened)
		}
	})
}

func TestAnEjectionTellsOfWhatKindItIs(t *testing.T) {
	half := balancer.Outcome{Result: balancer.Success, Missing: 0.6}
	for _, c := range []struct {
		reason  balancer.Reason
		answer  func() answer
		words   string
		count   func(balancer.Totals) int64
		partial bool
	}{
		{balancer.ReasonFailsMore, odd(0.6), "%.0f %% of its last %.0f requests were not answered, of the others' none",
			func(t balancer.Totals) int64 { return t.FailsMore }, true},
		{balancer.ReasonLeftOut, always(5*time.Millisecond, half), "%.0f %% of what its last %.0f requests asked was left out, of the others' none",
			func(t balancer.Totals) int64 { return t.LeftOut }, true},
		{balancer.ReasonAnswersNothing, always(time.Millisecond, refuse), "answered none of its last %[2]v requests, the others answered all of theirs",
			func(t balancer.Totals) int64 { return t.AnswersNothing }, false},
	} {
		fastFleet(t, balancer.Options{Failures: -1}, []int{1, 1, 1}, func(d *driver) {
			d.answer["A"] = c.answer
			for d.count(balancer.Ejected) == 0 {
				d.paced(1, time.Millisecond)
			}
			s := d.stats("A")
			share, e := s.Evidence.Unanswered/s.Evidence.Requests, s.Evidence
			why := fmt.Sprintf(c.words, 100*share, e.Requests)
			if c.partial == (share == 1) || e.Requests < 5 || e.OthersShare != 0 || (e.InRow > 0) == c.partial {
				t.Errorf("%s: the evidence is %+v", c.reason, e)
			}
			if s.Reason != c.reason || s.Why[:20] != why[:20] || s.Ejected != 1 || c.count(d.b.Totals()) != 1 {
				t.Errorf("got %q, %q, ejected %d times, %+v;\nwant %q, %q, once", s.Reason, s.Why, s.Ejected, d.b.Totals(), c.reason, why)
			}
			d.answer["A"] = nil
			d.paced(4000, time.Millisecond)
			d.wantReason(balancer.Ready, "", "", balancer.Evidence{})
		})
	}
}

func TestAProbeOrATrialThatIsNotAnsweredInFullIsTheReason(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		d.outcomes("A", 5, fail)
		sleep(2*time.Second + 1)
		d.lease().Done(refuse)
		d.wantReason(balancer.Ejected, balancer.ReasonProbeRefused, "the probe was refused", balancer.Evidence{})
		sleep(2*time.Second + 1)
		d.lease().Done(refuse)
		d.wantReason(balancer.Ejected, balancer.ReasonAnswersNothing, "answered none of its last 7 requests, the others answered all of theirs",
			balancer.Evidence{InRow: 7, Requests: 7, Unanswered: 7})
		sleep(4*time.Second + 1)
		d.lease().Done(balancer.Outcome{Result: balancer.Success, Missing: 0.5})
		d.wantReason(balancer.Ejected, balancer.ReasonLeftOut, "50 % of the request that tried it was left out",
			balancer.Evidence{Requests: 1, Unanswered: 0.5})
		if s := d.stats("A"); s.Ejected != 1 {
			t.Errorf("ejected %d times, want once, since it was out all the time", s.Ejected)
		}
	})
}

func TestAReplicaThatRestsOrLeavesOrWeighsNothingSaysSo(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		d.outcomes("A", 1, shed(8*time.Second))
		sleep(1200 * time.Millisecond)
		d.wantReason(balancer.Resting, balancer.ReasonShedsLoad, "sheds load: asks for 8s, 3.8s left", balancer.Evidence{Rest: 3800 * time.Millisecond})
		sleep(5 * time.Second)
		d.outcomes("A", 1, shed(0))
		sleep(150 * time.Millisecond)
		d.wantReason(balancer.Resting, balancer.ReasonShedsLoad, "sheds load: 50ms left while another can be asked",
			balancer.Evidence{Rest: 50 * time.Millisecond})
		sleep(time.Second)
		d.outcomes("A", 1, leaving)
		d.wantReason(balancer.Draining, balancer.ReasonLeaving, "says that it is leaving", balancer.Evidence{})
		sleep(30 * time.Second)
		d.lease().Done(succeed)
		d.b.Update(replicas(0, 1))
		d.wantReason(balancer.LastChoice, balancer.ReasonWeightZero, "its weight is 0", balancer.Evidence{})
	})
}

func TestANewcomerIsToldFromOneThatIsBack(t *testing.T) {
	inBubble(t, balancer.Options{WarmUp: warmUp, Failures: 1}, []int{0, 1}, func(d *driver) {
		want := func(reason balancer.Reason, why string, share float64) {
			t.Helper()
			d.wantReason(balancer.Warming, reason, why, balancer.Evidence{})
			if got := d.stats("A").WarmUp; math.Abs(got-share) > 1e-6 {
				t.Errorf("it counts with %.3f of its weight, want %.3f", got, share)
			}
		}
		d.b.Update(replicas(1, 1)[1:])
		d.b.Update(replicas(1, 1))
		want(balancer.ReasonNewcomer, "new, 10 % of its share", 0.1)
		sleep(time.Second)
		want(balancer.ReasonNewcomer, "new, 40 % of its share", 0.4)
		d.outcomes("A", 1, fail)
		sleep(2*time.Second + 1)
		d.lease().Done(succeed)
		want(balancer.ReasonReturned, "back, 10 % of its share", 0.1)
		sleep(3 * time.Second)
		d.b.Update(replicas(0, 1))
		d.b.Update(replicas(1, 1))
		want(balancer.ReasonReturned, "back, 10 % of its share", 0.1)
		sleep(3 * time.Second)
		if got := d.stats("A").WarmUp; got != 1 {
			t.Errorf("it counts with %.3f of its weight, want all", got)
		}
	})
}

func TestWhatNoneAnswersIsSaidOfEachThoughAllAreReady(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		for i := range 7 {
			d.outcomes("A", 1, refuse)
			d.outcomes("B", 1, refuse)
			if i == 3 {
				d.wantReason(balancer.Ready, "", "", balancer.Evidence{})
			}
		}
		d.wantReason(balancer.Ready, balancer.ReasonUnanswered, "its last 7 requests brought nothing", balancer.Evidence{InRow: 7})
		d.outcomes("A", 1, succeed)
		d.wantReason(balancer.Ready, "", "", balancer.Evidence{})
	})
}

func TestWhatHangsIsSaidToBeOverdueWhileItDoes(t *testing.T) {
	fastFleet(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		d.paced(100, 10*time.Millisecond)
		l := d.leaseOf("A")
		sleep(249 * time.Millisecond)
		d.wantReason(balancer.Ready, "", "", balancer.Evidence{})
		sleep(51 * time.Millisecond)
		d.wantReason(balancer.Ready, balancer.ReasonOverdue, "no answer for 300ms, where 5ms is usual",
			balancer.Evidence{Latency: 300 * time.Millisecond, Typical: 5 * time.Millisecond})
		l.Done(balancer.Outcome{})
		if s := d.stats("A"); s.Reason != "" {
			t.Errorf("once it is over: %+v", s)
		}
	})
}

func TestWhatTakesLongAnywayIsOverdueLater(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1}, func(d *driver) { // 20 ms each
		d.paced(100, 50*time.Millisecond)
		d.leaseOf("A")
		sleep(470 * time.Millisecond)
		d.wantReason(balancer.Ready, "", "", balancer.Evidence{})
		sleep(20 * time.Millisecond)
		d.wantReason(balancer.Ready, balancer.ReasonOverdue, "no answer for 490ms, where 20ms is usual",
			balancer.Evidence{Latency: 490 * time.Millisecond, Typical: 20 * time.Millisecond})
	})
}

func TestAReplicaThatGetsSlowIsSaidToBeAndThenNoMore(t *testing.T) {
	for _, perSecond := range []int{20, 200} {
		fastFleet(t, balancer.Options{}, []int{1, 1, 1}, func(d *driver) {
			pause := time.Second / time.Duration(perSecond)
			d.paced(3*perSecond, pause)
			d.answer["A"] = always(100*time.Millisecond, succeed)
			d.paced(10*perSecond, pause)
			s := d.stats("A")
			const why = "its last answers took 100ms, the others' 5ms"
			if s.State != balancer.Ready || s.Reason != balancer.ReasonSlow || s.Why != why ||
				s.Evidence != (balancer.Evidence{Latency: 100 * time.Millisecond, Typical: 5 * time.Millisecond}) {
				t.Errorf("at %d/s: %+v, want %q", perSecond, s, why)
			}
			d.answer["A"] = always(18*time.Millisecond, succeed)
			d.paced(30*perSecond, pause)
			if s := d.stats("A"); s.Reason != balancer.ReasonSlow {
				t.Errorf("at %d/s, still far above the others: %+v", perSecond, s)
			}
			d.answer["A"] = always(5*time.Millisecond, succeed)
			d.paced(30*perSecond, pause)
			d.wantReason(balancer.Ready, "", "", balancer.Evidence{})
		})
	}
}

func TestALoneReplicaIsSlowerThanNone(t *testing.T) {
	fastFleet(t, balancer.Options{}, []int{1}, func(d *driver) {
		d.paced(100, 10*time.Millisecond)
		d.answer["A"] = always(200*time.Millisecond, succeed)
		for range 30 {
			d.paced(10, 10*time.Millisecond)
			if s := d.stats("A"); s.Reason == balancer.ReasonSlow {
				t.Fatalf("%+v", s)
			}
		}
	})
}

// 1 in 100 requests takes more than 3 times the median, and 1 in 200 meets a stall of 40 ms.
func TestNothingIsTheMatterWithAHealthyFleetHoweverItJitters(t *testing.T) {
	for _, perSecond := range []int{1, 5, 20, 100, 500} {
		chance := rand.New(rand.NewPCG(3, uint64(perSecond)))
		inBubble(t, balancer.Options{}, equal(5), func(d *driver) {
			for _, r := range replicas(equal(5)...) {
				d.answer[r.ID] = func() answer {
					after := 5 * math.Exp(0.5*chance.NormFloat64())
					if chance.IntN(200) == 0 {
						after += 40
					}
					return answer{time.Duration(after * float64(time.Millisecond)), succeed}
				}
			}
			for range 30_000 / (50 + perSecond) {
				d.paced(perSecond, time.Second/time.Duration(perSecond))
				if i := slices.IndexFunc(d.b.Stats(), func(s balancer.ReplicaStats) bool { return s.Reason != "" }); i >= 0 {
					t.Fatalf("at %d/s: %+v", perSecond, d.b.Stats()[i])
				}
			}
		})
	}
}

func TestTheCostIsTheLatencyTimesWhatMakesARequestWait(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		want := func(cost time.Duration) {
			t.Helper()
			if got := d.stats("A").Cost; got < cost*99/100 || got > cost*101/100 {
				t.Errorf("the cost is %v, want about %v", got, cost)
			}
		}
		want(0)
		l := d.leaseOf("A")
		sleep(20 * time.Millisecond)
		l.Done(succeed)
		want(20 * time.Millisecond)
		d.leaseOf("A")
		d.leaseOf("A")
		want(60 * time.Millisecond)
		sleep(500 * time.Millisecond) // 25 times what it takes, where 6 times is late
		want(60 * time.Millisecond * 25 / 6)
	})
}
