package balancer

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// A replica that refused for load is left alone for as long as it asked. Since that may be no time, and idle as it is it would
// look the cheapest, it rests by our own decision too, for a time that doubles while it refuses and another answers. Of that
// the first part is hard, the rest soft: such a replica is picked when nothing else is left.

const (
	firstRest = 100 * time.Millisecond // our own rest at first, and the hard part of it
	maxRest   = 5 * time.Second        // any rest at most
)

// rest is a replica's rest.
type rest struct {
	until atomic.Int64 // the moment of its end
	hard  atomic.Int64 // the moment up to which it is not picked at all
	since atomic.Int64 // when it began
	asked atomic.Int64 // for how long it asked last, 0 for nothing

	mu  sync.Mutex
	own time.Duration // what we decided, guarded by mu; 0 since the last answer
}

// shed makes the replica rest. Answers overtake one another: a later one does not shorten what an earlier one asked for.
func (r *replica) shed(start, now, asked time.Duration) {
	e := &r.rest
	e.asked.Store(int64(max(0, asked)))
	if asked <= 0 {
		asked = firstRest
	}
	another := r.balancer.anotherAnswers(r, now)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.lengthen(start, another)
	if e.until.Load() <= int64(now) {
		e.since.Store(int64(now))
	}
	e.hard.Store(max(e.hard.Load(), int64(now+min(asked, maxRest))))
	e.until.Store(max(e.hard.Load(), int64(now+e.own)))
	r.conditions.Or(resting)
}

// lengthen decides how long our own rest is. Requests that were sent before the last one say no more than it. Where all
// refuse, none rests longer than the others, so that traffic is even as soon as they answer again.
func (e *rest) lengthen(start time.Duration, another bool) {
	switch {
	case !another:
		e.own = firstRest
	case int64(start) >= e.hard.Load():
		e.own = min(max(firstRest, 2*e.own), maxRest)
	}
}

// anotherAnswers reports whether a fit replica other than r did not fail or refuse since its last answer.
func (b *Balancer) anotherAnswers(r *replica, now time.Duration) bool {
	members := b.fleet.Load().members
	for i := range members {
		if o := members[i].replica; o != r && members[i].weight > 0 && o.fit(now) && !o.troubled.Load() {
			return true
		}
	}
	return false
}

// endOwn ends our own rest, since a request that was sent after its beginning was answered. It reports whether one goes on.
func (e *rest) endOwn(start time.Duration) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if int64(start) >= e.since.Load() {
		e.own = 0
		e.until.Store(min(e.until.Load(), e.hard.Load()))
	}
	return e.own > 0
}

// grounds say for how long it goes on.
func (e *rest) grounds(now time.Duration) grounds {
	left, words := max(0, time.Duration(e.until.Load())-now), "sheds load: "
	if asked := time.Duration(e.asked.Load()); asked > 0 {
		words += fmt.Sprintf("asks for %v, ", brief(asked))
	}
	words += fmt.Sprintf("%v left", brief(left))
	if e.hard.Load() <= int64(now) {
		words += " while another can be asked"
	}
	return grounds{ReasonShedsLoad, words, Evidence{Rest: left}}
}
