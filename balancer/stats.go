package balancer

import (
	"fmt"
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

// ReplicaStats is what is known of one replica. All counts are since it joined the set.
type ReplicaStats struct {
	Instance discovery.Instance
	State    State
	Reason   Reason        // why it is in that state, or what is the matter though it is ready; "" for nothing
	Why      string        // the same in a sentence, with the numbers; "" for nothing
	Evidence Evidence      // the numbers
	Since    time.Time     // when the state began, or what is the matter though it is ready; the zero time when that is not known
	InFlight int64         // requests
	Latency  time.Duration // estimate for a request of one SID; 0 when unknown
	Cost     time.Duration // what picks compare: latency × penalty for failures × lateness × (1 + queue); 0 when unknown
	WarmUp   float64       // the part of its weight that it counts with: 0.1 for a newcomer, rising to 1
	Load     float64       // utilisation that the replica last reported; 0 when it reported none
	Breaker  string        // "closed", "half-open" or "open"

	Picks, Successes, Failures, Refused, Shed, Ignored int64

	Opened   int64 // times that its breaker opened after it was closed
	Ejected  int64 // times that it was ejected; one that goes on is counted once
	Withheld int64 // times that it would have been, had there been room
}

// Stats describes every replica of the set, in the order of the last update.
func (b *Balancer) Stats() []ReplicaStats {
	now, fleet := b.now(), b.fleet.Load()
	stats := make([]ReplicaStats, len(fleet.members))
	for i := range fleet.members {
		fleet.members[i].stats(now, &stats[i])
	}
	return stats
}

func (m *member) stats(now time.Duration, s *ReplicaStats) {
	r := m.replica
	s.Instance = *m.instance
	s.Latency = r.load.estimate()
	s.Cost = m.cost(now)
	s.WarmUp = r.warmth(now)
	s.Load = math.Float64frombits(r.utilisation.Load())
	s.Breaker = gobreaker.State(r.breaker.state.Load()).String()
	s.Successes, s.Failures = r.tally.successes.Load(), r.tally.failures.Load()
	s.Refused, s.Shed, s.Ignored = r.tally.refused.Load(), r.tally.shed.Load(), r.tally.ignored.Load()
	// After the outcomes: each has its pick before it, so that never more have ended than were picked.
	s.Picks = r.tally.picks.Load()
	s.InFlight = s.Picks - s.Successes - s.Failures - s.Refused - s.Shed - s.Ignored
	s.Opened, s.Ejected, s.Withheld = int64(r.breaker.opened.Load()), int64(r.ejections.Load()), int64(r.withheld.Load())
	s.State = r.state(now)
	g := r.grounds(s.State, now)
	s.Reason, s.Why, s.Evidence = g.reason, g.why, g.evidence
	switch rest := brief(g.evidence.Rest); {
	case rest == 0:
	case s.State == Broken:
		s.Why += fmt.Sprintf("; probed again in %v", rest)
	case s.State == Ejected:
		s.Why += fmt.Sprintf("; tried again in %v", rest)
	}
	s.Since = r.since(s.State)
	if s.State == Ready && s.Reason != "" {
		s.Since = r.ailingSince()
	}
}
