package simulate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// Of a queue with one server at 70 %, theory says: mean time 1/(μ-λ), of which the 99th percentile is ln 100 times as long.
func TestAQueueOfOneSlotWaitsAsTheoryHasIt(t *testing.T) {
	s := scenario{replicas: 1, slots: 1, load: 0.7, base: 10 * time.Millisecond, spread: exponential}.withDefaults()
	m := play(s, newTraffic(s, 400_000, 1), 1, newRandom)
	theory := 10.0 / (1 - 0.7)
	wantNear(t, "the mean, ms", mean(m.took), theory, 0.03)
	wantNear(t, "p99, ms", m.sample()[p99], theory*math.Log(100), 0.05)
}

// Erlang's C formula says how many requests wait; those do for 1/(4μ-λ) in the mean.
func TestAQueueOfFourSlotsWaitsAsTheoryHasIt(t *testing.T) {
	s := scenario{replicas: 1, slots: 4, load: 0.8, spread: exponential}.withDefaults()
	m := play(s, newTraffic(s, 400_000, 2), 1, newRandom)
	wait := erlangC(4, 0.8) * 20 / (4 * (1 - 0.8))
	wantNear(t, "the mean, ms", mean(m.took), 20+wait, 0.03)
}

// erlangC is the share of the requests that wait.
func erlangC(slots int, load float64) float64 {
	offered := load * float64(slots)
	term, sum := 1.0, 0.0
	for k := range slots {
		sum += term
		term *= offered / float64(k+1)
	}
	waiting := term / (1 - load)
	return waiting / (sum + waiting)
}

func TestAnAttemptAtASilentReplicaTakesTheTimeoutAndTheNextGoesElsewhere(t *testing.T) {
	s := scenario{replicas: 2, load: 0.01, spread: steady, befall: silent}.withDefaults()
	m := play(s, newTraffic(s, 200, 1), 1, newRoundRobin)
	if got := m.sample(); got[lost] != 0 || got[p50] != 20 && got[p50] != 520 || got[p99] != 520 {
		t.Errorf("a silent one of two: %v, want nothing lost and 20 or 520 ms", got)
	}
	if m.attempts != m.checks+m.failed || m.failed < 90 || m.failed > 110 {
		t.Errorf("%d attempts, %d failed first, of %d checks", m.attempts, m.failed, m.checks)
	}
}

func TestACheckThatFailsCountsAtItsDeadlineAndTriesThreeReplicas(t *testing.T) {
	all := func(fleet []behaviour, _ time.Duration, _ *rand.Rand) {
		for i := range fleet {
			fleet[i].failing = forever(1)
		}
	}
	s := scenario{replicas: 5, load: 0.01, befall: all}.withDefaults()
	m := play(s, newTraffic(s, 100, 1), 1, newRandom)
	if got := m.sample(); got[p50] != 2000 || got[lost] != 100 || got[extra] != 200 {
		t.Errorf("all fail: %v, want 2,000 ms, all lost and two extra attempts each", got)
	}
}

func TestARefusalComesFastAndIsTriedElsewhere(t *testing.T) {
	s := scenario{replicas: 2, load: 0.01, spread: steady, befall: refusing(1)}.withDefaults()
	m := play(s, newTraffic(s, 200, 1), 1, newRoundRobin)
	if got := m.sample(); got[lost] != 0 || got[p50] != 20 && got[p50] != 21 || got[p99] != 21 {
		t.Errorf("a refusing one of two: %v, want nothing lost and 20 or 21 ms", got)
	}
}

func TestAnAnswerFromAnotherZoneTakesLonger(t *testing.T) {
	s := scenario{replicas: 3, clients: 3, load: 0.01, spread: steady, distance: 7 * time.Millisecond, befall: zones}.withDefaults()
	m := play(s, newTraffic(s, 3000, 1), 1, newRandom)
	near := 0
	for _, took := range m.took {
		if took != 20*time.Millisecond && took != 27*time.Millisecond {
			t.Fatalf("a request took %v, want 20 or 27 ms", took)
		}
		near += count(took == 20*time.Millisecond)
	}
	if share := float64(near) / float64(len(m.took)); share < 0.3 || share > 0.37 {
		t.Errorf("%.2f are answered from their own zone, want a third", share)
	}
}

func TestThoseThatJoinAreNotCountedInTheCapacity(t *testing.T) {
	s := scenario{replicas: 5, befall: growing(2)}.withDefaults()
	if got := s.capacity(); got != 8 {
		t.Errorf("%v slots at the start, want those of two replicas", got)
	}
}

func TestAColdReplicaIsSlowForItsFirstRequestsAlone(t *testing.T) {
	b := behaviour{factor: 2, cold: 3, coldFactor: 5, slow: []period{{time.Second, 2 * time.Second, 7}}}
	for _, c := range []struct {
		now    time.Duration
		served int
		want   float64
	}{{0, 0, 10}, {0, 2, 10}, {0, 3, 2}, {time.Second, 3, 14}, {2 * time.Second, 3, 2}} {
		if got := b.slowness(c.now, c.served); got != c.want {
			t.Errorf("at %v after %d requests: factor %v, want %v", c.now, c.served, got, c.want)
		}
	}
}

func TestASubsetIsOfMembersThatTheClientKeeps(t *testing.T) {
	s := &scenario{subset: 3}
	first, again := s.subsetOf([]int{4, 5, 6, 7, 8, 9}, 1), s.subsetOf([]int{9, 8, 7, 6, 5, 4}, 1)
	if !slices.Equal(first, again) || len(first) != 3 || slices.Min(first) < 4 {
		t.Errorf("the client knows %v, and then %v", first, again)
	}
}

func TestOneSeedGivesOneTable(t *testing.T) {
	s := scenario{replicas: 5, clients: 3, load: 0.8, befall: antagonist(0.2, 5)}.withDefaults()
	first, second := playAll(t, s, 1, 1500, all).String(), playAll(t, s, 1, 1500, all).String()
	if first != second {
		t.Errorf("two runs differ:\n%s\n%s", first, second)
	}
}

func TestWhatIsPlannedHappensInOrder(t *testing.T) {
	var line timeline
	var got []time.Duration
	for _, at := range rand.New(rand.NewPCG(1, 1)).Perm(500) {
		line.after(time.Duration(at/2), func() { got = append(got, line.now) })
	}
	if line.play(); len(got) != 500 || !slices.IsSorted(got) {
		t.Errorf("%d of 500 happened, at %v", len(got), got)
	}
}

// The balancer sees no other time than the simulation's.
func TestTheBubblesClockFollowsTheSimulation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, began := &simulation{scenario: &scenario{}}, time.Now()
		o := newOurs(s, 1).(*ours)
		for _, at := range []time.Duration{time.Millisecond, time.Millisecond, time.Hour} {
			s.now = at
			if o.follow(); time.Since(began) != at {
				t.Errorf("the clock is at %v, want %v", time.Since(began), at)
			}
		}
	})
}

func steady(*rand.Rand) float64 { return 1 }

func mean(took []time.Duration) float64 {
	sum := time.Duration(0)
	for _, d := range took {
		sum += d
	}
	return sum.Seconds() * 1000 / float64(len(took))
}

func wantNear(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	text := fmt.Sprintf("%s: %.2f, theory %.2f", what, got, want)
	if t.Log(text); math.Abs(got/want-1) > within {
		t.Errorf("%s: more than %.0f %% apart", text, 100*within)
	}
}
