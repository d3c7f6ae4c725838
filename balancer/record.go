package balancer

import (
	"math"
	"sync/atomic"
)

// record counts what a replica is judged by: of the requests, the parts that were not answered.
type record struct {
	wrong   atomic.Int64 // requests that failed or were refused
	missing atomic.Int64 // parts that answers left out, in millionths of a request
	before  atomic.Int64 // answers up to the last of either

	// What follows belongs to the review that is under way.
	base     counts // when the window began
	last     counts // of the window before
	returned int64  // the return that they count from
}

const millionth = 1e-6

// counts are requests, and how many of them were not answered, parts summed up.
type counts struct{ requests, unanswered, partly float64 } // partly is what of the latter answers left out

func (c counts) plus(d counts) counts {
	return counts{c.requests + d.requests, c.unanswered + d.unanswered, c.partly + d.partly}
}

func (c counts) minus(d counts) counts {
	return counts{c.requests - d.requests, c.unanswered - d.unanswered, c.partly - d.partly}
}

// inVain counts requests that were not answered.
func inVain(requests int64) counts {
	return counts{requests: float64(requests), unanswered: float64(requests)}
}

func (c counts) share() float64 { return c.unanswered / max(1, c.requests) }

// total is all that was counted since the replica joined.
func (r *replica) total() counts {
	wrong := float64(r.ejection.wrong.Load())
	missing := float64(r.ejection.missing.Load()) * millionth
	return counts{float64(r.tally.successes.Load()) + wrong, wrong + missing, missing}
}

// recently is what the replica did in the last window and in this one. What happened before its last return is forgotten.
func (r *replica) recently() counts {
	e := &r.ejection
	if at := r.returned.Load(); at != e.returned {
		e.returned, e.base, e.last = at, r.total(), counts{}
		e.withheld.Store(nil)
	}
	return e.last.plus(r.total().minus(e.base))
}

// unanswered counts a request that was not answered, or a part of one.
func (r *replica) unanswered(part float64) {
	if e := &r.ejection; part == 1 {
		e.wrong.Add(1)
	} else {
		e.missing.Add(int64(part / millionth))
	}
	r.ejection.before.Store(r.tally.successes.Load())
}

// byChance is the least probability of answers in a row that are put down to chance.
const byChance = 0.05

// healed reports whether the answers since the last failure are too many for chance: five after three failures, not one after seven.
func (r *replica) healed(window counts) bool {
	answers := float64(r.tally.successes.Load() - r.ejection.before.Load())
	share := window.unanswered / (1 + max(0, window.requests-answers))
	return math.Pow(1-min(1, share), answers) < byChance
}

// judge ends the window, if it tells enough, and returns it. A replica that costs much is seldom asked: that may take seconds.
func (r *replica) judge() counts {
	e := &r.ejection
	window := r.recently().minus(e.last)
	if window.requests < judgedFrom {
		return counts{}
	}
	e.base, e.last = r.total(), window
	return window
}
