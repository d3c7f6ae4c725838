package simulate

import (
	"slices"
	"strconv"
	"time"
)

// replica serves a few requests at once and keeps the others waiting in turn.
type replica struct {
	behaviour behaviour
	timeline  *timeline
	queue     []*attempt
	ends      []time.Duration // of what is served, one a busy slot
	inFlight  int             // waiting or served, those included that nobody waits for any more
	served    int
	history   history
}

// attempt is one try of a request on one replica.
type attempt struct {
	request  *request
	number   int
	service  time.Duration // without what slows the replica
	at       time.Duration
	inFlight int           // that it found
	over     bool          // it has an outcome, or nobody waits for it any more
	answer   func(outcome) // called once by the replica, unless it is silent
}

// failFast is how long a replica takes to fail or refuse.
const failFast = time.Millisecond

// zone is its name in the registry.
func (r *replica) zone() string { return strconv.Itoa(r.behaviour.zone) }

func (r *replica) take(a *attempt) {
	now := r.timeline.now
	a.at, a.inFlight = now, r.inFlight
	switch fault := r.behaviour.fault(now); {
	case fault.silent:
		return
	case a.request.coin[a.number] < fault.failing:
		r.timeline.after(failFast, func() { a.answer(failed) })
		return
	case a.request.coin[a.number] < fault.refusing:
		r.timeline.after(failFast, func() { a.answer(refused) })
		return
	}
	r.inFlight++
	r.queue = append(r.queue, a)
	r.serve()
}

// serve begins what there is a free slot for.
func (r *replica) serve() {
	for len(r.ends) < r.behaviour.slots && len(r.queue) > 0 {
		a := r.queue[0]
		r.queue = r.queue[1:]
		if a.over {
			r.inFlight--
			continue
		}
		took := r.duration(a)
		r.served++
		r.ends = append(r.ends, r.timeline.now+took)
		r.timeline.after(took, func() { r.finish(a) })
	}
}

// duration is how long an attempt takes if it is begun now.
func (r *replica) duration(a *attempt) time.Duration {
	return time.Duration(float64(a.service) * r.behaviour.slowness(r.timeline.now, r.served))
}

// finish ends an attempt. The replica does not learn that nobody waits for it any more: it works it off.
func (r *replica) finish(a *attempt) {
	at := slices.Index(r.ends, r.timeline.now)
	r.ends = slices.Delete(r.ends, at, at+1)
	r.inFlight--
	r.history.add(a.inFlight, r.timeline.now-a.at)
	a.answer(answered)
	r.serve()
}
