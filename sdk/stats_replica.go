package sdk

import (
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/internal/delivery"
)

// ReplicaStats describes one replica. Counts are since it joined.
type ReplicaStats struct {
	ID          string       `json:"id"`
	Addr        string       `json:"addr"`
	Zone        string       `json:"zone"`
	Weight      int          `json:"weight"`
	State       string       `json:"state"`            // see [balancer.State]
	Why         string       `json:"why"`              // a sentence on the state; "" when ready
	Since       *time.Time   `json:"since"`            // when the state began; null when it never was another
	LastError   *string      `json:"last_error"`       // what went wrong last, in words that hold no SID; null for nothing
	LastErrorAt *time.Time   `json:"last_error_at"`    // when that was
	InFlight    int64        `json:"in_flight"`        // requests
	LatencyMS   *float64     `json:"latency_ms"`       // estimate for a request of one SID; null when unknown
	Load        *float64     `json:"load"`             // utilisation that it reported; null when it did not
	Picks       int64        `json:"picks"`            // attempts
	Successes   int64        `json:"successes"`        // answers, whatever they said
	Failures    int64        `json:"failures"`         // its fault
	ByKind      FailureStats `json:"failures_by_kind"` // which add up to failures
	Refused     int64        `json:"refused"`          // answers without a verdict: its fault if others have one
	Shed        int64        `json:"shed"`             // refused for load
	Ignored     int64        `json:"ignored"`          // said nothing of it
	Breaker     string       `json:"breaker"`          // "closed", "open" or "half-open"
}

// FailureStats counts the failures of a replica by their kind.
type FailureStats struct {
	Connect   int64 `json:"connect"`   // no connection, or one that broke before the answer
	Timeout   int64 `json:"timeout"`   // no answer in time
	TLS       int64 `json:"tls"`       // no handshake
	Status    int64 `json:"status"`    // an answer whose status says so
	Malformed int64 `json:"malformed"` // an answer that can't be believed
}

func (c *Client) replicaStats() []ReplicaStats {
	stats := []ReplicaStats{}
	for _, r := range c.balancer.Stats() {
		stats = append(stats, replicaStats(r, c.carrier.Trouble(r.Instance.ID)))
	}
	return stats
}

func replicaStats(r balancer.ReplicaStats, t delivery.Trouble) ReplicaStats {
	return ReplicaStats{
		ID: r.Instance.ID, Addr: r.Instance.Addr, Zone: r.Instance.Zone, Weight: r.Instance.Weight,
		State: string(r.State), Why: why(r, t), Since: unless(r.Since.IsZero(), r.Since), Breaker: r.Breaker,
		LastError: unless(t.Last == "", t.Last), LastErrorAt: unless(t.At.IsZero(), t.At),
		LatencyMS: unless(r.Latency == 0, float64(r.Latency)/float64(time.Millisecond)), Load: unless(r.Load == 0, r.Load),
		InFlight: r.InFlight, Picks: r.Picks, Successes: r.Successes, Failures: r.Failures, ByKind: failureStats(t),
		Refused: r.Refused, Shed: r.Shed, Ignored: r.Ignored,
	}
}

func failureStats(t delivery.Trouble) FailureStats {
	return FailureStats{
		Connect: t.Failures[attempt.Connection], Timeout: t.Failures[attempt.Timeout], TLS: t.Failures[attempt.TLS],
		Status: t.Failures[attempt.Status], Malformed: t.Failures[attempt.Malformed],
	}
}

// why is a sentence on a replica's state: what the balancer counted, and what it was that went wrong.
func why(r balancer.ReplicaStats, t delivery.Trouble) string {
	switch r.State {
	case balancer.Ejected, balancer.Broken, balancer.Probing:
		return because(r.Why, t)
	}
	return r.Why
}

// because adds to what the balancer counted what went wrong last.
func because(counted string, t delivery.Trouble) string {
	switch {
	case t.Last == "":
		return counted
	case t.Refused && t.Status == http.StatusUnauthorized:
		return fmt.Sprintf("refuses our token (401) while others accept it: %s", counted)
	case t.Refused:
		return fmt.Sprintf("refuses what others answer (%s): %s", t.Last, counted)
	}
	return fmt.Sprintf("%s (last: %s)", counted, t.Last)
}

// tellChange logs that a replica was judged out, or is back. It is called under the balancer's locks.
func (c *Client) tellChange(log *logger, change balancer.Change) {
	attrs := []slog.Attr{slog.String("replica", change.Instance.ID), slog.String("address", change.Instance.Addr)}
	switch change.Kind {
	case balancer.Out:
		attrs = append(attrs, slog.String("why", because(change.Why, c.carrier.Trouble(change.Instance.ID))))
		log.log(slog.LevelWarn, "ms2: replica judged out", attrs...)
	case balancer.Back:
		attrs = append(attrs, slog.String("why", change.Why), slog.Duration("after", change.For))
		log.log(slog.LevelInfo, "ms2: replica is back", attrs...)
	}
}
