package balancer

import (
	"math"
	"sync/atomic"
	"time"

	"github.com/sony/gobreaker"

	"ms2.internal/lb/discovery"
)

// tally counts what became of the picks of a replica.
type tally struct {
	picks, successes, failures, refused, shed, ignored atomic.Int64
}

func (t *tally) count(result Result) {
	switch result {
	case Success:
		t.successes.Add(1)
	case Failure:
		t.failures.Add(1)
	case Refused:
		t.refused.Add(1)
	case Shed:
		t.shed.Add(1)
	default:
		t.ignored.Add(1)
	}
}

// inFlight is the number of requests; concurrent ones may make it wrong by themselves.
func (t *tally) inFlight() int64 {
	return t.picks.Load() - t.ended()
}

// ended is the number of picks that had an outcome.
func (t *tally) ended() int64 {
	return t.successes.Load() + t.failures.Load() + t.refused.Load() + t.shed.Load() + t.ignored.Load()
}

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

// ReplicaStats is what is known of one replica. All counts are since it joined the set.
type ReplicaStats struct {
	Instance discovery.Instance
	State    State
	Why      string        // a sentence on the state, "" when ready
	Since    time.Time     // when the state began; the zero time when it never was another
	InFlight int64         // requests
	Latency  time.Duration // estimate for a request of one SID; 0 when unknown
	Load     float64       // utilisation that the replica last reported; 0 when it reported none
	Breaker  string        // "closed", "half-open" or "open"

	Picks, Successes, Failures, Refused, Shed, Ignored int64
}

// Stats describes every replica of the set, in the order of the last update.
func (b *Balancer) Stats() []ReplicaStats {
	now, fleet := b.now(), b.fleet.Load()
	stats := make([]ReplicaStats, 0, len(fleet.members))
	for i := range fleet.members {
		stats = append(stats, fleet.members[i].stats(now))
	}
	return stats
}

func (m *member) stats(now time.Duration) ReplicaStats {
	r := m.replica
	s := ReplicaStats{
		Instance:  *m.instance,
		Latency:   r.load.estimate(),
		Load:      math.Float64frombits(r.utilisation.Load()),
		Breaker:   gobreaker.State(r.breaker.state.Load()).String(),
		Successes: r.tally.successes.Load(),
		Failures:  r.tally.failures.Load(),
		Refused:   r.tally.refused.Load(),
		Shed:      r.tally.shed.Load(),
		Ignored:   r.tally.ignored.Load(),
	}
	// After the outcomes: each has its pick before it, so that never more have ended than were picked.
	s.Picks = r.tally.picks.Load()
	s.InFlight = s.Picks - s.Successes - s.Failures - s.Refused - s.Shed - s.Ignored
	s.State, s.Why = m.state(now)
	s.Since = r.since(s.State)
	return s
}

func (m *member) state(now time.Duration) (State, string) {
	r := m.replica
	c := r.conditions.Load()
	switch gobreaker.State(r.breaker.state.Load()) {
	case gobreaker.StateOpen:
		return Broken, "its breaker is open: " + r.breaker.words()
	case gobreaker.StateHalfOpen:
		return Probing, "its breaker is half-open after " + r.breaker.words() + ": one request decides"
	}
	switch {
	case r.rest.until.Load() > int64(now):
		return Resting, r.rest.words(now)
	case c&draining != 0:
		return Draining, "it said that it is leaving" + m.askedAllTheSame(now)
	case c&ejected != 0:
		return Ejected, *r.ejection.why.Load() + m.askedAllTheSame(now)
	case m.weight <= 0:
		return LastChoice, "its weight is 0"
	case r.warmth(now) < 1:
		return Warming, "it is new, or back"
	}
	return Ready, ""
}

func (m *member) askedAllTheSame(now time.Duration) string {
	if m.replica.balancer.Panic() && m.weight > 0 && m.replica.spare(now) {
		return "; it is asked all the same, since less than half of the fleet is fit"
	}
	return ""
}

// since is when the state began, as far as it is known.
func (r *replica) since(s State) time.Time {
	var at int64
	switch s {
	case Broken, Probing:
		at = r.breaker.changed.Load()
	case Resting:
		at = r.rest.since.Load()
	case Draining:
		at = r.drainSince.Load()
	case Ejected:
		at = r.ejection.since.Load()
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
