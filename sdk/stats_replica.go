package sdk

import (
	"fmt"
	"net/http"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk/internal/delivery"
)

// ReplicaStats describes one replica. Counts are since it joined.
type ReplicaStats struct {
	ID       string     `json:"id"`
	Addr     string     `json:"addr"`
	Zone     string     `json:"zone"`
	Weight   int        `json:"weight"`
	State    string     `json:"state"`    // see [balancer.State]
	Since    *time.Time `json:"since"`    // when the state began, or what is the matter though it is ready; null when that is not known
	Reason   Reason     `json:"reason"`   // why it is in that state, or what is wrong though it is ready; "" for nothing
	Why      string     `json:"why"`      // the same in a sentence, with the numbers; "" for nothing
	Evidence *Evidence  `json:"evidence"` // the numbers; null for none

	LastError   *string    `json:"last_error"`    // what went wrong last, in words that hold no SID; null for nothing
	Cause       Reason     `json:"cause"`         // its kind, such as "timeout"; "" for nothing
	LastErrorAt *time.Time `json:"last_error_at"` // when that was

	InFlight    int64         `json:"in_flight"`   // requests
	Connections *int64        `json:"connections"` // open; null when the transport is the adopter's
	LatencyMS   *float64      `json:"latency_ms"`  // estimate for a request of one SID; null when unknown
	Latency     *LatencyStats `json:"latency"`     // of the attempts that it answered; null without one of late
	Cost        *float64      `json:"cost"`        // what a pick compares, in ms of work: of two replicas the cheaper is picked; null when unknown
	WarmUp      float64       `json:"warm_up"`     // the part of its weight that it counts with: 0.1 for a newcomer, rising to 1
	Load        *float64      `json:"load"`        // utilisation that it reported; null when it did not

	Picks     int64        `json:"picks"`            // attempts
	Successes int64        `json:"successes"`        // answers, whatever they said
	Failures  int64        `json:"failures"`         // its fault
	ByKind    FailureStats `json:"failures_by_kind"` // which add up to failures
	Refused   int64        `json:"refused"`          // answers without a verdict: its fault if others have one
	Shed      int64        `json:"shed"`             // refused for load
	Ignored   int64        `json:"ignored"`          // said nothing of it
	Breaker   string       `json:"breaker"`          // "closed", "open" or "half-open"
	Opened    int64        `json:"opened"`           // times that its breaker opened after it was closed
	Ejected   int64        `json:"ejected"`          // times that it was left out for doing worse than the others
	Withheld  int64        `json:"withheld"`         // times that it would have been, had there been room
}

func (c *Client) replicaStats() []ReplicaStats {
	stats := []ReplicaStats{}
	for _, r := range c.balancer.Stats() {
		one := replicaStats(&r, c.carrier.Trouble(r.Instance.ID))
		one.Latency = latencyStats(c.carrier.Latency(r.Instance.ID))
		if open, known := c.sender.Connections(r.Instance.Addr); known {
			one.Connections = &open
		}
		stats = append(stats, one)
	}
	return stats
}

func replicaStats(r *balancer.ReplicaStats, t delivery.Trouble) ReplicaStats {
	return ReplicaStats{
		ID: r.Instance.ID, Addr: r.Instance.Addr, Zone: r.Instance.Zone, Weight: r.Instance.Weight,
		State: string(r.State), Since: unless(r.Since.IsZero(), r.Since), Breaker: r.Breaker,
		Reason: Reason(r.Reason), Why: why(r.Reason, r.Why, t), Evidence: evidenceOf(r.Evidence),
		LastError: unless(t.Last == "", t.Last), Cause: Reason(t.Cause), LastErrorAt: unless(t.At.IsZero(), t.At),
		LatencyMS: unless(r.Latency == 0, milliseconds(r.Latency)), Cost: unless(r.Cost == 0, milliseconds(r.Cost)),
		WarmUp: r.WarmUp, Load: unless(r.Load == 0, r.Load),
		InFlight: r.InFlight, Picks: r.Picks, Successes: r.Successes, Failures: r.Failures, ByKind: failureStats(t.Failures),
		Refused: r.Refused, Shed: r.Shed, Ignored: r.Ignored, Opened: r.Opened, Ejected: r.Ejected, Withheld: r.Withheld,
	}
}

// milliseconds is a duration as Stats have it.
func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// why is a sentence on a replica's state: what the balancer counted, and what it was that went wrong.
func why(r balancer.Reason, counted string, t delivery.Trouble) string {
	switch r {
	case balancer.ReasonFailuresInRow, balancer.ReasonProbeFailed, balancer.ReasonFailsMore, balancer.ReasonAnswersNothing,
		balancer.ReasonLeftOut:
		return because(counted, t)
	case balancer.ReasonUnanswered: // by all alike: others are no comparison
		return lastly(counted, t)
	}
	return counted
}

// because adds to what the balancer counted what went wrong last.
func because(counted string, t delivery.Trouble) string {
	switch {
	case t.Refused && t.Status == http.StatusUnauthorized:
		return fmt.Sprintf("refuses our token (401) while others accept it: %s", counted)
	case t.Refused:
		return fmt.Sprintf("refuses what others answer (%s): %s", t.Last, counted)
	}
	return lastly(counted, t)
}

// lastly adds what went wrong last.
func lastly(counted string, t delivery.Trouble) string {
	if t.Last == "" {
		return counted
	}
	return fmt.Sprintf("%s (last: %s)", counted, t.Last)
}
