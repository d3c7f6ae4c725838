package balancer

import (
	"time"

	"github.com/sony/gobreaker"
)

// State is what a replica's place in the picking is.
type State string

// The states of a replica.
const (
	Ready      State = "ready"       // picked by weight and cost
	LastChoice State = "last choice" // weight 0: picked when nothing else is left
	Draining   State = "draining"    // said that it is leaving: picked when nothing else is left
	Ejected    State = "ejected"     // an outlier: left out for a time, then tried by one request
	Warming    State = "warming up"  // new, or back: picked with a part of its weight
	Resting    State = "resting"     // refused for load: left alone for as long as it asked, and longer if it goes on
	Broken     State = "broken"      // its breaker is open: not picked
	Probing    State = "probing"     // its breaker is half-open: one request decides
)

func (r *replica) state(now time.Duration) State {
	c := r.conditions.Load()
	switch gobreaker.State(r.breaker.state.Load()) {
	case gobreaker.StateOpen:
		return Broken
	case gobreaker.StateHalfOpen:
		return Probing
	}
	switch {
	case r.rest.until.Load() > int64(now):
		return Resting
	case c&draining != 0:
		return Draining
	case c&ejected != 0:
		return Ejected
	case r.lastChoice.Load():
		return LastChoice
	case r.warmth(now) < 1:
		return Warming
	}
	return Ready
}

// grounds say why it is in that state.
func (r *replica) grounds(s State, now time.Duration) grounds {
	switch s {
	case Broken, Probing:
		g := r.breaker.grounds()
		if s == Broken {
			g.evidence.Rest = max(0, r.breaker.due()-now)
		}
		return g
	case Resting:
		return r.rest.grounds(now)
	case Draining:
		return r.askedAllTheSame(now, grounds{reason: ReasonLeaving, why: "says that it is leaving"})
	case Ejected:
		g := *r.ejection.grounds.Load()
		g.evidence.Rest = max(0, time.Duration(r.ejection.until.Load())-now)
		return r.askedAllTheSame(now, g)
	case LastChoice:
		return grounds{reason: ReasonWeightZero, why: "its weight is 0"}
	case Warming:
		return r.warmingGrounds(now)
	}
	return r.readyGrounds(now)
}

func (r *replica) askedAllTheSame(now time.Duration, g grounds) grounds {
	if r.balancer.Panic() && !r.lastChoice.Load() && r.spare(now) {
		g.why += "; asked all the same, since less than half of the fleet is fit"
	}
	return g
}

// since is when the state began, as far as it is known.
func (r *replica) since(s State) time.Time {
	var at int64
	switch s {
	case Broken, Probing, Ejected:
		at = r.outSince.Load()
	case Resting:
		at = r.rest.since.Load()
	case Draining:
		at = r.drainSince.Load()
	case Warming:
		at = r.warmUntil.Load() - int64(r.balancer.options.WarmUp)
	default: // since the last of the others ended, if it did
		at = max(r.breaker.changed.Load(), r.rest.until.Load(), r.drainSince.Load(), r.ejection.since.Load(), r.warmUntil.Load())
		at = min(at, int64(r.balancer.now()))
	}
	if at == 0 {
		return time.Time{}
	}
	return r.balancer.epoch.Add(time.Duration(at))
}
