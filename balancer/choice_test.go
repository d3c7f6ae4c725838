package balancer_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/discovery"
)

func TestASlowReplicaGetsASmallShareAndIsNotForgotten(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1, 1}, func(d *driver) {
		d.answer["A"] = always(200*time.Millisecond, succeed)
		d.paced(1000, 10*time.Millisecond) // ten seconds in which it becomes known
		picks := d.during(func() { d.paced(6000, 10*time.Millisecond) })
		if n := picks["A"]; n == 0 || n > 300 {
			t.Errorf("the slow one got %d of 6000 picks in a minute, want some and at most 5 %%", n)
		}
		d.answer["A"] = nil
		d.paced(2000, 10*time.Millisecond) // time to be asked, and to show that it is well again
		picks = d.during(func() { d.paced(3000, 10*time.Millisecond) })
		wantShares(t, picks, []int{1, 1, 1}, 10)
	})
}

func TestASlowReplicaIsAskedAgainWithinBoundedTime(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		d.answer["A"] = always(2*time.Second, succeed)
		d.answer["B"] = always(2*time.Millisecond, succeed)
		d.paced(200, 10*time.Millisecond)
		for range 8 { // so that A is known for certain to be 1000 times slower
			d.ask("B")
			d.landAll()
		}
		picks := d.during(func() { d.paced(100, 10*time.Millisecond) })
		if picks["A"] != 0 {
			t.Fatalf("A got %d picks while the memory was fresh, want none", picks["A"])
		}
		picks = d.during(func() { d.paced(9000, 10*time.Millisecond) })
		if picks["A"] == 0 {
			t.Error("A was not asked again in 90 s")
		}
	})
}

func TestNoReplicaIsForgottenHoweverSlowItWas(t *testing.T) {
	inBubble(t, balancer.Options{MaxEjected: -1}, slices.Repeat([]int{1}, 10), func(d *driver) {
		d.answer["A"] = always(time.Second, succeed)
		for asked, last := 0, time.Now(); time.Since(last) < 8*time.Second; {
			if d.paced(1, time.Millisecond); d.picks["A"] != asked {
				asked, last = d.picks["A"], time.Now()
			}
			if asked > 100 {
				return
			}
		}
		t.Errorf("A was asked %d times and then not for 8 s", d.picks["A"])
	})
}

func TestANewcomerWhoseFirstAnswersAreSlowHasItsShareSoon(t *testing.T) {
	inBubble(t, balancer.Options{WarmUp: warmUp}, []int{1, 1}, func(d *driver) {
		for _, id := range []string{"A", "B", "C"} {
			d.answer[id] = always(time.Millisecond, succeed)
		}
		d.paced(1000, 5*time.Millisecond)
		cold := 20
		d.answer["C"] = func() answer {
			if cold--; cold >= 0 {
				return answer{12 * time.Millisecond, succeed}
			}
			return answer{time.Millisecond, succeed}
		}
		d.b.Update(replicas(1, 1, 1))
		d.paced(600, 5*time.Millisecond) // it warms up
		wantShares(t, d.during(func() { d.paced(600, 5*time.Millisecond) }), []int{1, 1, 1}, 15)
	})
}

func TestAReplicaThatWasSlowLongAgoCountsAsTheOthers(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		d.answer["A"] = always(200*time.Millisecond, succeed)
		d.paced(100, 100*time.Millisecond)
		for range 20 {
			sleep(5 * time.Minute)
			busy := d.leaseOf("B")
			if got := d.ask(); got != "A" {
				t.Fatalf("picked %q, which is busy, want A, which is idle", got)
			}
			d.landAll()
			busy.Done(balancer.Outcome{Result: balancer.Ignored})
		}
	})
}

func TestAQuickReplicaThatIsSeldomAskedIsNotTakenForQuicker(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 20}, func(d *driver) {
		d.paced(20_000, time.Second)
		wantShares(t, d.picks, []int{1, 20}, 8)
	})
}

func TestWorkInFlightDrivesTheChoice(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		held := d.leaseOf("A")
		for range 100 {
			other := d.lease()
			if id := other.Instance().ID; id != "B" {
				t.Fatalf("picked %s, which is busy, want B, which is idle", id)
			}
			other.Done(succeed)
		}
		held.Done(succeed)
	})
}

func TestABatchWeighsMoreThanALoneCheckAndLessThanItsSIDs(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		batch, err := d.b.Pick(1000)
		if err != nil {
			t.Fatal(err)
		}
		beside := 0
		for d.lease().Instance().ID != batch.Instance().ID {
			if beside++; beside > 100 {
				break
			}
		}
		if beside < 2 || beside > 4 {
			t.Errorf("%d lone checks went to the other replica beside a batch of 1000, want about 3", beside)
		}
	})
}

func TestWorkOfAnySizeIsCountedAndTakenBack(t *testing.T) {
	const most, least = int(^uint(0) >> 1), -int(^uint(0)>>1) - 1
	inBubble(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		for _, work := range []int{0, -1, most, least} {
			first, err := d.b.Pick(work)
			if err != nil {
				t.Fatal(err)
			}
			if second := d.lease(); second.Instance().ID == first.Instance().ID {
				t.Errorf("with work %d in flight on one replica the next pick went there too", work)
			} else {
				second.Done(succeed)
			}
			first.Done(succeed)
		}
	})
}

func TestAReplicaThatFailsFastDoesNotAttractRequests(t *testing.T) {
	for name, every := range map[string]int{"always": 1 << 30, "three of four": 4, "every other": 2} {
		for _, callers := range []int{1, 4, 20} {
			for _, failures := range []int{0, -1} {
				inBubble(t, balancer.Options{Failures: failures}, []int{1, 1, 1}, func(d *driver) {
					calls := 0
					d.answer["A"] = func() answer {
						if calls++; calls%every == 0 {
							return answer{20 * time.Millisecond, succeed}
						}
						return answer{time.Millisecond / 2, fail}
					}
					d.callers(2000, callers)
					d.wantNoErrors()
					early, late := d.picks["A"], d.during(func() { d.callers(2000, callers) })["A"]
					if early > 400 || late > early+10 {
						t.Errorf("fails %s, %d callers, Failures %d: got %d of the first 2000 picks and %d of the next, "+
							"want less than its third, and not rising", name, callers, failures, early, late)
					}
				})
			}
		}
	}
}

func TestALoneFailureCostsNoShare(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1, 1}, func(d *driver) {
		d.paced(300, 10*time.Millisecond)
		d.leaseOf("A").Done(fail)
		picks := d.during(func() { d.paced(900, 10*time.Millisecond) })
		wantShares(t, picks, []int{1, 1, 1}, 15)
	})
}

func TestFailuresAreForgotten(t *testing.T) {
	inBubble(t, balancer.Options{Failures: -1}, []int{1, 1, 1}, func(d *driver) {
		d.outcomes("A", 40, fail)
		d.paced(1500, 10*time.Millisecond)
		picks := d.during(func() { d.paced(1500, 10*time.Millisecond) })
		wantShares(t, picks, []int{1, 1, 1}, 15)
	})
}

func TestASlowFailureRaisesTheLatency(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		d.paced(100, 50*time.Millisecond)
		before := d.stats("A").Latency
		l := d.leaseOf("A")
		d.pass(10 * time.Second)
		l.Done(fail)
		if after := d.stats("A").Latency; before != 20*time.Millisecond || after < 2*time.Second {
			t.Errorf("latency was %v and is %v after a failure of 10 s, want 20ms and some seconds", before, after)
		}
	})
}

func TestAFastFailureLeavesTheLatencyAsItWas(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		d.leaseOf("A").Done(fail)
		if got := d.stats("A").Latency; got != 0 {
			t.Errorf("latency is %v after nothing but a failure, want unknown", got)
		}
		d.paced(100, 50*time.Millisecond)
		d.outcomes("A", 3, fail)
		if got := d.stats("A").Latency; got != 20*time.Millisecond {
			t.Errorf("latency is %v after fast failures, want 20ms still", got)
		}
	})
}

func TestAvoidIsHonouredWhileAnotherIsLeft(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1000, 0}, func(d *driver) {
		for range 200 {
			if got := d.ask("B"); got != "A" {
				t.Fatalf("picked %q, want A: B was tried, C has weight 0", got)
			}
			if got := d.ask("A", "B"); got != "C" {
				t.Fatalf("picked %q, want C, the only one that was not tried", got)
			}
			if got := d.ask("nobody", "A", "B", "C"); got != "A" && got != "B" {
				t.Fatalf("picked %q, want A or B when all were tried", got)
			}
			d.landAll()
		}
	})
}

func TestALoneReplicaIsPickedAgainThoughTried(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1}, func(d *driver) {
		if got := d.ask("A"); got != "A" {
			t.Errorf("picked %q, want A: there is no other", got)
		}
	})
}

func TestWeightZeroIsPickedOnlyWhenNothingElseIsLeft(t *testing.T) {
	inBubble(t, balancer.Options{Failures: 1}, []int{0, 1}, func(d *driver) {
		for range 200 {
			if got := d.ask(); got != "B" {
				t.Fatalf("picked %q, want B", got)
			}
		}
		d.wantState("A", balancer.LastChoice)
		d.landAll()
		d.leaseOf("B").Done(fail)
		if got := d.ask(); got != "A" {
			t.Errorf("picked %q with B broken, want A", got)
		}
		d.wantNoErrors()
	})
}

func TestReplicasThatAllHaveWeightZeroShareEvenly(t *testing.T) {
	for _, weights := range [][]int{{0, 0, 0}, {-1, math.MinInt, 0}} {
		inBubble(t, balancer.Options{}, weights, func(d *driver) {
			d.callers(3000, 1)
			d.wantNoErrors()
			wantShares(t, d.picks, []int{1, 1, 1}, 10)
		})
	}
}

func TestWeightsBeyondTheMostCountAsTheMost(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{math.MaxInt, math.MaxInt / 2, discovery.MaxWeight}, func(d *driver) {
		d.callers(3000, 1)
		wantShares(t, d.picks, []int{1, 1, 1}, 10)
	})
}

func TestWithoutReplicasAPickSaysSo(t *testing.T) {
	inBubble(t, balancer.Options{}, nil, func(d *driver) {
		if _, err := d.b.Pick(1); err != balancer.ErrNoReplicas {
			t.Errorf("got %v, want ErrNoReplicas", err)
		}
		d.b.Update(replicas(1))
		d.lease()
		d.b.Update(nil)
		if _, err := d.b.Pick(1, "A"); err != balancer.ErrNoReplicas {
			t.Errorf("got %v after all left, want ErrNoReplicas", err)
		}
	})
}

func TestOneSeedGivesOneSequence(t *testing.T) {
	sequence := func() (ids string) {
		inBubble(t, balancer.Options{}, []int{1, 2, 3}, func(d *driver) {
			for range 100 {
				ids += d.ask()
				d.pass(time.Millisecond)
			}
		})
		return ids
	}
	if a, b := sequence(), sequence(); a != b {
		t.Errorf("two runs differ:\n%s\n%s", a, b)
	}
}

func TestUntriedSaysWhetherAnotherIsLeft(t *testing.T) {
	inBubble(t, balancer.Options{Failures: 1}, []int{1, 1, 0}, func(d *driver) {
		d.leaseOf("B").Done(fail)
		for _, c := range []struct {
			tried []string
			want  bool
		}{{nil, true}, {[]string{"A"}, true}, {[]string{"C"}, true}, {[]string{"A", "C"}, false}} {
			if got := d.b.Untried(c.tried...); got != c.want {
				t.Errorf("Untried(%v) with B broken: %v, want %v", c.tried, got, c.want)
			}
		}
	})
}
