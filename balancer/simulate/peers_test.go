package simulate

import (
	"testing"
	"time"
)

// Each number below is worked out by hand from the source that the policy names.

// aged is the rule's node with requests in flight of these ages, at a second.
func aged(lag time.Duration, ages ...time.Duration) *kratosNode {
	n := &kratosNode{averages: averages{lag: int64(lag), success: 1000}, cachedAt: -time.Hour}
	for _, age := range ages {
		n.begin(time.Second - age)
	}
	return n
}

func TestKratosWeighsSuccessOverTheRootOfTheLagTimesWhatIsInFlight(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		name string
		node *kratosNode
		want float64
	}{
		{"nothing known", aged(0), 10_000_000.0 / 100_000},
		{"nothing known, one in flight", aged(0, ms), 10_000_000.0 / 200_000},
		{"20 ms, idle: the root of 25 ms is 5,000", aged(20 * ms), 10_000_000.0 / 5000},
		{"20 ms, two young ones in flight", aged(20*ms, ms, 20*ms), 10_000_000.0 / 15_000},
		{"20 ms, half are overdue, which is too few", aged(20*ms, 40*ms, ms), 10_000_000.0 / 15_000},
		{"20 ms, the only one is 59 ms old: the root of 64 ms is 8,000", aged(20*ms, 59*ms), 10_000_000.0 / 16_000},
		{"4 ms, two of three are 76 ms old in the mean: the root of 81 ms is 9,000", aged(4*ms, 52*ms, 100*ms, ms), 10_000_000.0 / 36_000},
		{"20 ms, two of four are overdue", aged(20*ms, 60*ms, 60*ms, ms, ms), 10_000_000.0 / 25_000},
	} {
		if got := c.node.weight(time.Second); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestKratosKeepsAWeightFor5ms(t *testing.T) {
	n := aged(20 * time.Millisecond)
	n.weight(time.Second)
	n.inFlight = 1
	if got := n.weight(time.Second + kratosFresh); got != 2000 {
		t.Errorf("after 5 ms: %v, want 2000", got)
	}
	if got := n.weight(time.Second + kratosFresh + 1); got != 1000 {
		t.Errorf("a moment later: %v, want 1000", got)
	}
}

func TestKratosRemembersStartsIn200Slots(t *testing.T) {
	n := aged(time.Millisecond)
	for range kratosSlots + 7 {
		n.begin(0)
	}
	if len(n.started) != kratosSlots || n.inFlight != kratosSlots+7 {
		t.Errorf("%d starts of %d in flight", len(n.started), n.inFlight)
	}
}

// After 600 ms 0.36788 is left of what was.
func TestKratosAveragesOver600ms(t *testing.T) {
	a := averages{success: 1000}
	a.observe(kratosTau, time.Second, 980*time.Millisecond, true)
	if want := (averages{20_000_000, 1000, time.Second}); a != want {
		t.Errorf("the first sample makes it %v, want %v", a, want)
	}
	a.observe(kratosTau, 1600*time.Millisecond, 1560*time.Millisecond, false)
	if want := (averages{32_642_411, 367, 1600 * time.Millisecond}); a != want {
		t.Errorf("600 ms later a failure after 40 ms makes it %v, want %v", a, want)
	}
}

// The loser is 0: it is slower.
func TestKratosPicksTheLoserWhenItWasNotPickedForThreeSeconds(t *testing.T) {
	s := idle(2)
	k := newKratos(s, 1).(*kratos)
	k.update(s.members)
	k.nodes[0].lag, k.nodes[1].lag = int64(time.Second), int64(time.Millisecond)
	for at, want := range map[time.Duration]int{kratosForced: 1, kratosForced + 1: 0} {
		s.now, k.nodes[1].picked, k.nodes[0].picked = at, at, 0
		if got := k.choose(s.members); got != want {
			t.Errorf("at %v it picked %d, want %d", at, got, want)
		}
	}
}

func TestGoZerosLoadIsTheRootOfTheLagTimesWhatIsInFlight(t *testing.T) {
	for want, n := range map[int64]*goZeroNode{
		1:    {},
		3:    {inFlight: 2},
		4472: {averages: averages{lag: 20_000_000}},
		8944: {averages: averages{lag: 20_000_000}, inFlight: 1},
	} {
		if got := n.load(); got != want {
			t.Errorf("the load of %+v is %d, want %d", n, got, want)
		}
	}
}

// After 10 s 0.36788 is left, after 10 ms 0.9990005: a failed node gains less than one of a thousand, and is stuck.
func TestGoZeroAveragesOver10s(t *testing.T) {
	a := averages{20_000_000, 1000, time.Second}
	a.observe(goZeroDecay, 11*time.Second, 10960*time.Millisecond, false)
	if want := (averages{32_642_411, 367, 11 * time.Second}); a != want {
		t.Errorf("10 s later a failure after 40 ms makes it %v, want %v", a, want)
	}
	a.observe(goZeroDecay, 11010*time.Millisecond, 11*time.Second, true)
	if a.success != 367 {
		t.Errorf("a success 10 ms later makes %d of 1,000, want 367: 367.63 cut off", a.success)
	}
}

func TestGoZeroIsHealthyAboveHalf(t *testing.T) {
	for success, want := range map[uint64]bool{500: false, 501: true} {
		n := goZeroNode{averages: averages{success: success}}
		if got := n.healthy(); got != want {
			t.Errorf("%d of 1,000: healthy %v", success, got)
		}
	}
}

// One of three is unhealthy: a pair without it is drawn in one of three, and is the last of three pairs in 19 of 27.
func TestGoZeroDrawsThreePairsForAHealthyOne(t *testing.T) {
	s := idle(3)
	g := newGoZero(s, 1).(*goZero)
	g.update(s.members)
	g.nodes[2].success = 0
	healthy := 0
	for range 27_000 {
		a, b := g.pair(g.members)
		healthy += count(a != 2 && b != 2)
	}
	if healthy < 18_700 || healthy > 19_300 {
		t.Errorf("%d of 27,000 pairs are healthy, want about 19,000", healthy)
	}
}

// Of two replicas, one of which has more in flight, both draws hit the busy one in a quarter of the picks.
func TestLeastRequestDrawsWithReplacement(t *testing.T) {
	s := idle(2)
	p := newTwoChoices(s, 1).(*twoChoices)
	p.update(s.members)
	busy := 0
	for range 40_000 {
		p.inFlight = []int{9, 0}
		i, _ := p.pick(1, nil)
		busy += count(i == 0)
	}
	if busy < 9700 || busy > 10_300 {
		t.Errorf("the busy one gets %d of 40,000 picks, want about 10,000", busy)
	}
}

func TestTheWeightsOfTheRegistryAreNotReadByThoseThatDoNot(t *testing.T) {
	for _, newPolicy := range []maker{newKratos, newGoZero, newTwoChoices, newPeakEWMA} {
		s := idle(2)
		s.replicas[0].behaviour.weight = 1000
		p := newPolicy(s, 1)
		p.update(s.members)
		picks := [2]int{}
		for range 4000 {
			s.now += time.Millisecond
			i, done := p.pick(1, nil)
			done(answered)
			picks[i]++
		}
		if picks[0] > 2400 {
			t.Errorf("%T picks %v", p, picks)
		}
	}
}
