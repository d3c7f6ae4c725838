package consul

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

const (
	probeInterval = 30 * time.Second // between probes, 10 % more or less
	probeSoon     = 5 * time.Second  // after one that found no leader
	probeAgain    = time.Second      // after one that did not fit the watch
	staleAfter    = 15 * time.Second // how long a server may be without its leader; an election takes less
	strikes       = 2                // probes in a row that must not fit before the watch is given up
)

// errStuck is a blocking query whose answer is overdue: the probes had another index, or none at all.
var errStuck = errors.New("the watch is stuck")

// probing is a short question now and then beside a query that blocks. From the agent's stream a watch gets no sign that
// the servers lost their leader, nor that the stream, the agent or the way to it died.
type probing struct {
	due time.Time // of the next probe
	odd int       // probes in a row that did not fit
}

// passed puts the next probe off: something was just asked.
func (p *probing) passed(now time.Time) { p.next(now, probeInterval*9/10+rand.N(probeInterval/5)) }

func (p *probing) next(now time.Time, in time.Duration) { p.due = now.Add(in) }

// weigh takes what came of a probe beside q, and reports whether q must be given up. A single odd one proves nothing: a
// change may be on its way to the watch, or the server that answered behind the others.
func (w *watcher) weigh(q question, o outcome, now time.Time) (stuck bool) {
	w.probing.count(o.err == nil && o.answer.index == q.index, now)
	if o.err == nil {
		w.age(o.answer, now)
	}
	return w.probing.struckOut()
}

// count notes whether a probe fits the watch. After one that does not the next is due soon.
func (p *probing) count(fits bool, now time.Time) {
	if fits {
		p.odd = 0
		return
	}
	p.odd++
	p.next(now, probeAgain)
}

// struckOut reports whether too many probes in a row did not fit, and if so starts over.
func (p *probing) struckOut() bool {
	if p.odd < strikes {
		return false
	}
	p.odd = 0
	return true
}

// age tells how current the server is that answered a probe. One that fits the watch confirms the set in use.
func (w *watcher) age(a answer, now time.Time) {
	late := staleness(a)
	if a.lastContact > 0 && !a.knownLeader {
		w.probing.next(now, probeSoon)
	}
	w.report.aged(late, now, w.probing.odd == 0 && w.belief.until().IsZero())
}

// staleness is why the answer to a probe may be out of date, nil when it is not.
func staleness(a answer) error {
	if a.lastContact <= staleAfter {
		return nil
	}
	leader := "it knows one again"
	if !a.knownLeader {
		leader = "it knows none"
	}
	return fmt.Errorf("the server that answers has not heard from a leader %s (%s); later changes can't be seen",
		silence(a.lastContact), leader)
}

// silence words how long a server has not heard from a leader.
func silence(since time.Duration) string {
	if since >= notHeard {
		return "since it started"
	}
	return fmt.Sprintf("for %v", since.Round(time.Second))
}
