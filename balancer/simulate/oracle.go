package simulate

import (
	"math"
	"slices"
	"time"
)

// oracle knows when each replica would answer, and which never would. It is greedy: what it does to later requests it does
// not look at.
type oracle struct{ chooser }

func newOracle(s *simulation, seed uint64) policy { return &oracle{newChooser(s, seed)} }

func (o *oracle) pick(work int, tried []int) (int, func(outcome)) {
	return o.best(o.untried(tried), func(i int) float64 { return o.replicas[i].foreseen(o.scenario.mean(work)) }), nothing
}

// foreseen is how long from now a request of the mean length would take: it begins when as many of those before it have
// ended as leave a slot.
func (r *replica) foreseen(service time.Duration) float64 {
	now := r.timeline.now
	if r.behaviour.fault(now) != (fault{}) {
		return math.Inf(1)
	}
	slow := r.behaviour.slowness(now, r.served)
	free := slices.Clone(r.ends)
	for len(free) < r.behaviour.slots {
		free = append(free, now)
	}
	for _, a := range r.queue {
		if !a.over {
			at := earliest(free)
			free[at] += time.Duration(float64(a.service) * slow)
		}
	}
	return float64(free[earliest(free)]-now) + float64(service)*slow
}

func earliest(moments []time.Duration) int {
	return slices.Index(moments, slices.Min(moments))
}
