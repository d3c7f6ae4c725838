package balancer

import (
	"cmp"
	"fmt"
	"math"
	"time"
)

// A replica may be in use and not well: it is not left out, and an operator wants to know of it all the same. What is said of it
// here changes no pick.

// What is in flight is said to be overdue from a mean age on that is plain to see, and is 24 times what it should take: of requests
// with lognormal times (sigma 1) 1 in 1,400 lasts as long.
const (
	overdueShown    = 250 * time.Millisecond
	overdueLateness = 2 * band // on top of overdueFactor
)

// unansweredShown is how old a request must be that was not answered, nor any since: a lone one among many answers is no matter.
const unansweredShown = 500 * time.Millisecond

// readyGrounds say what is the matter with a replica that is ready; nothing when all is well.
func (r *replica) readyGrounds(now time.Duration) grounds {
	if g := r.ejection.withheld.Load(); g != nil && (g.reason != ReasonAnswersNothing || r.silent()) {
		return *g
	}
	return r.ailment(now)
}

// ailment is the same but for what is withheld.
func (r *replica) ailment(now time.Duration) grounds {
	if n := r.row.length.Load(); n >= r.balancer.options.inRow() || n > 0 && int64(now-unansweredShown) >= r.row.since.Load() {
		return unansweredGrounds(n, r.balancer.options.inRow())
	}
	if age, usual, ok := r.overdue(now); ok {
		why := fmt.Sprintf("no answer for %v, where %v is usual", brief(age), brief(usual))
		return grounds{ReasonOverdue, why, Evidence{Latency: age, Typical: usual}}
	}
	if r.slow(now) {
		latency, typical := time.Duration(r.lagged.Load()), r.balancer.Typical(1).Round(time.Microsecond)
		why := fmt.Sprintf("its last answers took %v, the others' %v", brief(latency), brief(typical))
		return grounds{ReasonSlow, why, Evidence{Latency: latency, Typical: typical}}
	}
	return grounds{}
}

func unansweredGrounds(n, inRow int64) grounds {
	why := fmt.Sprintf("its last %d requests brought nothing", n)
	if n == 1 {
		why = "its last request brought nothing"
	}
	if n < inRow {
		why += ", which is why it is asked less"
	}
	return grounds{ReasonUnanswered, why, Evidence{InRow: n}}
}

// overdue is the mean age of what is in flight, and what is usual, when that is far too long.
func (r *replica) overdue(now time.Duration) (age, usual time.Duration, ok bool) {
	p := r.load.work()
	if p.young(now) {
		return 0, 0, false
	}
	e := p.effort(now)
	age = time.Duration(p.aged(e, now)/e) * tick
	if usual = r.load.estimate(); usual == 0 {
		usual = r.balancer.Typical(1).Round(time.Microsecond)
	}
	expected := math.Log(float64(cmp.Or(usual, never)))
	return age, usual, age >= overdueShown && r.lateness(expected, now) >= overdueLateness
}
