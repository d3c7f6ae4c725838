package simulate

import (
	"testing"
	"time"
)

// idle is a simulation of replicas that nothing is asked of.
func idle(replicas int) *simulation {
	s := &simulation{scenario: scenario{replicas: replicas}.withDefaults(), awaited: make([]int, replicas)}
	for i, b := range s.scenario.fleet(time.Minute, 1) {
		s.replicas = append(s.replicas, &replica{behaviour: b, timeline: &s.timeline})
		s.members = append(s.members, i)
	}
	return s
}

func TestEveryPolicyTriesEachReplicaBeforeItTriesOneAgain(t *testing.T) {
	for _, c := range contenders[1:] { // ours has tests of its own
		s := idle(5)
		p := c.make(s, 1)
		p.update(s.members)
		for range 100 {
			for _, left := range s.members {
				var tried []int
				for _, i := range s.members {
					if i != left {
						tried = append(tried, i)
					}
				}
				got, done := p.pick(1, tried)
				if done(answered); got != left {
					t.Fatalf("%s picked %d, want the untried %d", c.name, got, left)
				}
			}
		}
	}
}

func TestRoundRobinIsSmoothByWeight(t *testing.T) {
	s := idle(3)
	s.replicas[2].behaviour.weight = 4
	p := newRoundRobin(s, 1)
	p.update(s.members)
	picks := [3]int{}
	for range 600 {
		i, _ := p.pick(1, nil)
		picks[i]++
	}
	if want := [3]int{100, 100, 400}; picks != want {
		t.Errorf("picks %v, want %v", picks, want)
	}
}

func TestGoZeroPicksTheWorseOneWhenItWasNotPickedForASecond(t *testing.T) {
	s := idle(2)
	g := newGoZero(s, 1).(*goZero)
	g.update(s.members)
	g.nodes[1].lag = int64(time.Second)
	for at, want := range map[time.Duration]int{time.Second: 0, time.Second + 1: 1} {
		s.now, g.nodes[0].picked, g.nodes[1].picked = at, at, 0
		if got, _ := g.pick(1, nil); got != want {
			t.Errorf("at %v go-zero picked %d, want %d", at, got, want)
		}
	}
}

func TestPrequalPrefersTheQuickestColdProbeAndTheIdlestHotOne(t *testing.T) {
	quickCold := probe{inFlight: 3, latency: 10}
	slowCold := probe{inFlight: 1, latency: 20}
	quickHot := probe{inFlight: 6, latency: 1}
	idlerHot := probe{inFlight: 5, latency: 30}
	order := []probe{quickCold, slowCold, idlerHot, quickHot}
	for i := range order[1:] {
		if order[i].cost(4) >= order[i+1].cost(4) {
			t.Errorf("%+v costs no less than %+v", order[i], order[i+1])
		}
	}
}

func TestTheOracleForeseesWhenAReplicaAnswers(t *testing.T) {
	s := idle(1)
	r := s.replicas[0]
	r.behaviour.slots = 2
	for _, service := range []time.Duration{30, 50, 10} {
		r.take(&attempt{request: &request{}, service: service * time.Millisecond, answer: func(outcome) {}})
	}
	// One slot is free at 30 ms, takes the one that waits, and is free again at 40 ms.
	if got := time.Duration(r.foreseen(5 * time.Millisecond)); got != 45*time.Millisecond {
		t.Errorf("foreseen %v, want 45 ms", got)
	}
}
