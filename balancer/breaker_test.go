package balancer_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"ms2.internal/lb/balancer"
)

func TestABreakerOpensAfterFailuresInARowWhateverTheirSpacing(t *testing.T) {
	for _, spacing := range []time.Duration{0, 120 * time.Millisecond, time.Hour} {
		inBubble(t, balancer.Options{}, []int{1}, func(d *driver) {
			for range 4 {
				d.lease().Done(fail)
				sleep(spacing)
			}
			d.wantState("A", balancer.Ready)
			d.lease().Done(fail)
			d.wantState("A", balancer.Broken)
		})
	}
}

func TestASuccessBetweenStartsTheCountAnew(t *testing.T) {
	inBubble(t, balancer.Options{Failures: 3}, []int{1}, func(d *driver) {
		for range 50 {
			d.outcomes("A", 2, fail)
			d.outcomes("A", 2, succeed)
		}
		d.wantState("A", balancer.Ready)
		d.outcomes("A", 3, fail)
		d.wantState("A", balancer.Broken)
	})
}

func TestNothingButFailuresOpensTheBreaker(t *testing.T) {
	inBubble(t, balancer.Options{Failures: 3}, []int{1}, func(d *driver) {
		for _, o := range []balancer.Outcome{shed(0), refuse, {Result: balancer.Ignored}, {Result: balancer.Success, Missing: 1}} {
			for range 20 {
				d.lease().Done(o)
				sleep(time.Second)
			}
		}
		d.outcomes("A", 2, fail)
		d.wantState("A", balancer.Ready)
		d.outcomes("A", 5, refuse)
		d.outcomes("A", 1, fail)
		d.wantState("A", balancer.Broken)
	})
}

func TestWithoutBreakersNoFailureTakesAReplicaOut(t *testing.T) {
	inBubble(t, balancer.Options{Failures: -1}, []int{1}, func(d *driver) {
		d.outcomes("A", 1000, fail)
		d.wantState("A", balancer.Ready)
		if got := d.stats("A").Breaker; got != "closed" {
			t.Errorf("breaker is %q, want closed", got)
		}
	})
}

// broken gives a driver whose replica A has an open breaker.
func broken(t *testing.T, o balancer.Options, weights []int, test func(d *driver)) {
	t.Helper()
	inBubble(t, o, weights, func(d *driver) {
		d.outcomes("A", max(1, d.failures(o)), fail)
		d.wantState("A", balancer.Broken)
		test(d)
	})
}

func (d *driver) failures(o balancer.Options) int {
	if o.Failures == 0 {
		return 5
	}
	return o.Failures
}

func TestALoneReplicaWithAnOpenBreakerIsRefusedAndRecoversWithinTheOpenTime(t *testing.T) {
	broken(t, balancer.Options{}, []int{1}, func(d *driver) {
		if _, err := d.b.Pick(1); err != balancer.ErrCircuitOpen {
			t.Errorf("got %v, want ErrCircuitOpen", err)
		}
		sleep(2 * time.Second)
		if _, err := d.b.Pick(1); err != balancer.ErrCircuitOpen {
			t.Errorf("got %v at the end of the open time, want ErrCircuitOpen until it is past", err)
		}
		sleep(time.Millisecond)
		probe := d.lease()
		if !probe.Probe() {
			t.Error("the first pick after the open time does not say that it probes")
		}
		if _, err := d.b.Pick(1); err != balancer.ErrCircuitOpen {
			t.Errorf("got %v beside the probe, want ErrCircuitOpen", err)
		}
		d.wantState("A", balancer.Probing)
		probe.Done(succeed)
		d.wantState("A", balancer.Ready)
		if l := d.lease(); l.Probe() {
			t.Error("a pick of the recovered replica says that it probes")
		}
	})
}

func TestAllReplicasRecoverWithinOneOpenTime(t *testing.T) {
	for _, weights := range [][]int{{1}, {1, 1}, {1, 1, 1, 1}} {
		inBubble(t, balancer.Options{}, weights, func(d *driver) {
			start := time.Now()
			for _, r := range replicas(weights...) {
				d.answer[r.ID] = func() answer {
					if time.Since(start) < 2*time.Second {
						return answer{time.Millisecond, fail}
					}
					return answer{time.Millisecond, succeed}
				}
			}
			d.paced(400, 10*time.Millisecond) // 4 s: as long as they fail, and one open time more
			d.pass(100 * time.Millisecond)
			d.errs = nil
			d.paced(200, 10*time.Millisecond)
			d.wantNoErrors()
			for _, s := range d.b.Stats() {
				if s.State != balancer.Ready {
					t.Errorf("of %d replicas %s is %s", len(weights), s.Instance.ID, s.State)
				}
			}
		})
	}
}

func TestAReplicaIsProbedThoughItLooksExpensive(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		d.answer["A"] = always(time.Second, fail)
		d.answer["B"] = always(time.Millisecond, succeed)
		for range 20 {
			d.ask("B")
			d.landAll()
			if d.stats("A").State == balancer.Broken {
				break
			}
		}
		d.answer["A"] = always(time.Millisecond, succeed)
		sleep(2*time.Second - time.Millisecond)
		if picks := d.during(func() { d.ask(); d.ask() }); picks["A"] != 0 {
			t.Errorf("A was picked %d times before the open time was over", picks["A"])
		}
		sleep(2 * time.Millisecond)
		picks := d.during(func() {
			for range 20 {
				d.ask()
			}
		})
		if picks["A"] != 1 {
			t.Errorf("A was probed %d times, want exactly once", picks["A"])
		}
		d.landAll()
		d.wantState("A", balancer.Ready)
		d.paced(2000, 10*time.Millisecond)
		wantShares(t, d.during(func() { d.paced(2000, 10*time.Millisecond) }), []int{1, 1}, 10)
		d.wantNoErrors()
	})
}

func TestAHealedReplicaHasItsShareAgainAtOnce(t *testing.T) {
	for _, failure := range []time.Duration{time.Millisecond / 10, 500 * time.Millisecond} {
		inBubble(t, balancer.Options{}, []int{1, 1, 1}, func(d *driver) {
			d.paced(1000, 5*time.Millisecond)
			d.answer["A"] = always(failure, fail)
			for d.stats("A").State != balancer.Broken {
				d.paced(1, 5*time.Millisecond)
			}
			d.answer["A"] = nil
			for d.stats("A").State != balancer.Ready {
				d.paced(1, 5*time.Millisecond)
			}
			wantShares(t, d.during(func() { d.paced(600, 5*time.Millisecond) }), []int{1, 1, 1}, 15)
		})
	}
}

func TestOneOfThreeThatTimedOutHasItsShareAgainWithinFiveSeconds(t *testing.T) {
	for seed := range balancer.Played[uint64](20, 4) {
		inBubble(t, balancer.Options{WarmUp: warmUp}, []int{1, 1, 1}, func(d *driver) {
			chance := rand.New(rand.NewPCG(seed, 4))
			pace := func(duration time.Duration) {
				for until := time.Now().Add(duration); time.Now().Before(until); {
					d.paced(1, time.Duration(1+chance.IntN(3))*time.Millisecond)
				}
			}
			d.elsewhere = true
			pace(5 * time.Second)
			d.answer["A"] = always(500*time.Millisecond, fail)
			pace(10*time.Second + time.Duration(seed)*125*time.Millisecond)
			d.answer["A"] = nil
			pace(5 * time.Second)
			wantShares(t, d.during(func() { pace(3 * time.Second) }), []int{1, 1, 1}, 12)
		})
	}
}

func TestEachReplicaIsProbedOnceWhenManyAreDue(t *testing.T) {
	inBubble(t, balancer.Options{Failures: 1}, []int{1, 1, 1, 1, 1}, func(d *driver) {
		for _, id := range []string{"A", "B", "C", "D"} {
			d.leaseOf(id).Done(fail)
		}
		sleep(2*time.Second + 1)
		for range 50 {
			d.ask()
		}
		for _, id := range []string{"A", "B", "C", "D"} {
			if d.picks[id] != 1 {
				t.Errorf("%s was probed %d times, want once", id, d.picks[id])
			}
		}
		d.wantNoErrors()
	})
}

func TestAProbeIsNotGivenToARequestThatWasTriedThereWhileAnotherIsLeft(t *testing.T) {
	broken(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		sleep(3 * time.Second)
		for range 20 {
			if l := d.lease("A"); l.Instance().ID != "B" || l.Probe() {
				t.Fatalf("picked %s, probe %v, want B", l.Instance().ID, l.Probe())
			}
		}
		if l := d.lease(); !l.Probe() {
			t.Error("the next request without that restriction does not probe")
		}
	})
}

func TestATriedReplicaIsProbedWhenNothingElseIsLeft(t *testing.T) {
	broken(t, balancer.Options{}, []int{1}, func(d *driver) {
		sleep(3 * time.Second)
		if l := d.lease("A"); !l.Probe() {
			t.Error("the lone replica was not probed")
		}
	})
}

func TestHowAProbeEndsDecidesTheBreaker(t *testing.T) {
	for result, want := range map[balancer.Result]balancer.State{
		balancer.Success: balancer.Ready,
		balancer.Refused: balancer.Ejected,
		balancer.Shed:    balancer.Resting,
		balancer.Failure: balancer.Broken,
		balancer.Ignored: balancer.Broken,
	} {
		broken(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
			sleep(2*time.Second + 1)
			probe := d.lease()
			if !probe.Probe() {
				t.Fatal("no probe")
			}
			probe.Done(balancer.Outcome{Result: result})
			d.wantState("A", want)
			for range 50 {
				if l := d.lease(); want != balancer.Ready && l.Instance().ID == "A" {
					t.Fatalf("result %v: picked again at once", result)
				}
			}
			sleep(2*time.Second + 1)
			if l := d.lease(); l.Probe() != (want != balancer.Ready) {
				t.Errorf("result %v: probe %v an open time later", result, l.Probe())
			}
		})
	}
}

func TestAProbeThatNeverReportsGivesItsPlaceBack(t *testing.T) {
	broken(t, balancer.Options{ProbeTimeout: 3 * time.Second}, []int{1, 1}, func(d *driver) {
		sleep(2*time.Second + 1)
		lost := d.lease()
		sleep(3*time.Second - 1)
		if l := d.lease(); l.Probe() {
			t.Fatal("a second probe while the first may still report")
		}
		d.wantState("A", balancer.Probing)
		sleep(1)
		if l := d.lease(); l.Instance().ID != "B" {
			t.Error("the pick that finds an overdue probe was not sent elsewhere")
		}
		d.wantState("A", balancer.Broken)
		lost.Done(succeed) // far too late: it says nothing any more
		d.wantState("A", balancer.Broken)
		sleep(2*time.Second + 1)
		probe := d.lease()
		if !probe.Probe() {
			t.Fatal("no new probe after another open time")
		}
		probe.Done(succeed)
		d.wantState("A", balancer.Ready)
	})
}

func TestALateOutcomeSaysNothingOfALaterState(t *testing.T) {
	inBubble(t, balancer.Options{Failures: 2}, []int{1}, func(d *driver) {
		var late []balancer.Lease
		for range 10 {
			late = append(late, d.lease())
		}
		late[0].Done(fail)
		late[1].Done(fail)
		late[2].Done(succeed)
		d.wantState("A", balancer.Broken)
		sleep(2*time.Second + 1)
		probe := d.lease()
		late[3].Done(succeed)
		late[4].Done(fail)
		d.wantState("A", balancer.Probing)
		probe.Done(succeed)
		for _, l := range late[5:9] {
			l.Done(fail)
		}
		d.wantState("A", balancer.Ready)
		d.lease().Done(fail)
		late[9].Done(succeed) // must not clear the failure of now either
		d.lease().Done(fail)
		d.wantState("A", balancer.Broken)
	})
}

func TestOthersNeverSeeAnErrorWhileOneReplicaIsProbed(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		d.answer["A"] = always(100*time.Millisecond, fail)
		d.paced(6000, 5*time.Millisecond)
		d.wantNoErrors()
		// In 30 s: until it opens, and from then on a probe every 2.1 s.
		if n := d.picks["A"]; n < 15 || n > 60 {
			t.Errorf("A got %d picks, want a handful of failures and about 14 probes", n)
		}
	})
}

func TestARefusalNamesTheReplicasThatRestBeforeThoseThatAreBroken(t *testing.T) {
	broken(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		d.lease().Done(balancer.Outcome{Result: balancer.Shed, Rest: time.Second})
		_, err := d.b.Pick(1)
		var resting *balancer.RestingError
		if !errors.As(err, &resting) || resting.Wait != time.Second {
			t.Errorf("got %v, want a RestingError of 1s", err)
		}
	})
}

func TestNegativeDurationsMeanTheDefaults(t *testing.T) {
	o := balancer.Options{Open: -1, ProbeTimeout: -1}
	broken(t, o, []int{1, 1}, func(d *driver) {
		sleep(2*time.Second + 1)
		if l := d.lease(); !l.Probe() {
			t.Error("no probe after the default open time")
		}
		d.lease().Done(balancer.Outcome{Result: balancer.Shed, Rest: time.Second})
		d.wantState("B", balancer.Resting)
	})
}

func TestAReplicaThatRefusesItsProbeIsANewcomerWhereNoneIsEjected(t *testing.T) {
	for weights, o := range map[int]balancer.Options{1: {WarmUp: warmUp}, 2: {WarmUp: warmUp, MaxEjected: -1}} {
		broken(t, o, slices.Repeat([]int{1}, weights), func(d *driver) {
			sleep(2*time.Second + 1)
			d.lease().Done(refuse)
			d.wantState("A", balancer.Warming)
		})
	}
}
