package sdk

import (
	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/internal/delivery"
	"ms2.internal/lb/sdk/internal/latency"
)

// ExtraStats counts attempts beyond the first of each batch. They draw on the one budget, but for those that learn which doors a
// replica has, most of which do not.
type ExtraStats struct {
	Retry         int64 `json:"retry"`          // after a failure
	SecondOpinion int64 `json:"second_opinion"` // after a refusal, at another replica
	Split         int64 `json:"split"`          // the further parts of a batch that went on in parts
	Probe         int64 `json:"probe"`          // of a replica that was left out, beside the batch
	Learn         int64 `json:"learn"`          // by the other door
	Renewal       int64 `json:"renewal"`        // with a token that was renewed
}

// OutcomeStats counts attempts by what they meant for their replica.
type OutcomeStats struct {
	Success int64 `json:"success"` // answers, whatever they said
	Failure int64 `json:"failure"` // the replica's fault
	Refused int64 `json:"refused"` // answers without a verdict: its fault if others have one
	Shed    int64 `json:"shed"`    // refused for load
	Ignored int64 `json:"ignored"` // said nothing of it
}

// FailureStats counts failures by their kind.
type FailureStats struct {
	Connect   int64 `json:"connect"`   // no connection could be made
	Reset     int64 `json:"reset"`     // the connection broke before the answer
	Timeout   int64 `json:"timeout"`   // no answer in time
	TLS       int64 `json:"tls"`       // no handshake, or http where https is spoken, or the reverse
	Status    int64 `json:"status"`    // an answer whose status says so
	Redirect  int64 `json:"redirect"`  // an answer that points elsewhere
	Malformed int64 `json:"malformed"` // an answer that can't be believed
}

// LatencyStats describes how long something took of late: over the last half minute to minute. A quantile is at most an eighth too high.
type LatencyStats struct {
	Count int64   `json:"count"`
	P50MS float64 `json:"p50_ms"`
	P90MS float64 `json:"p90_ms"`
	P99MS float64 `json:"p99_ms"`
	MaxMS float64 `json:"max_ms"`
}

// EjectionStats counts the times that replicas were left out for doing worse than the others, by reason.
type EjectionStats struct {
	FailsMore      int64 `json:"fails_more"`
	AnswersNothing int64 `json:"answers_nothing"`
	ProbeRefused   int64 `json:"probe_refused"`
	LeftOut        int64 `json:"left_out"`
	Withheld       int64 `json:"withheld"` // not left out, since too much of the fleet was (MS2_MAX_EJECTED)
}

// BreakerStats counts the changes of circuit breakers by where they led.
type BreakerStats struct {
	Opened     int64 `json:"opened"`
	HalfOpened int64 `json:"half_opened"`
	Closed     int64 `json:"closed"`
}

func extraStats(n *delivery.Counters) ExtraStats {
	return ExtraStats{
		Retry: n.Extra.Retry.Load(), SecondOpinion: n.Extra.SecondOpinion.Load(), Split: n.Extra.Split.Load(),
		Probe: n.Extra.Probe.Load(), Learn: n.Extra.Learn.Load(), Renewal: n.Extra.Renewal.Load(),
	}
}

func outcomeStats(n *delivery.Counters) OutcomeStats {
	return OutcomeStats{
		Success: n.Outcomes[balancer.Success].Load(), Failure: n.Outcomes[balancer.Failure].Load(),
		Refused: n.Outcomes[balancer.Refused].Load(), Shed: n.Outcomes[balancer.Shed].Load(), Ignored: n.Outcomes[balancer.Ignored].Load(),
	}
}

// failureTotals are the failures at all replicas that there ever were.
func failureTotals(n *delivery.Counters) FailureStats {
	var counts [attempt.Faults]int64
	for kind := range counts {
		counts[kind] = n.Failures[kind].Load()
	}
	return failureStats(counts)
}

func failureStats(counts [attempt.Faults]int64) FailureStats {
	return FailureStats{
		Connect: counts[attempt.Connect], Reset: counts[attempt.Reset], Timeout: counts[attempt.Timeout], TLS: counts[attempt.TLS],
		Status: counts[attempt.Status], Redirect: counts[attempt.Redirect], Malformed: counts[attempt.Malformed],
	}
}

// latencyStats are nil when there was nothing of late.
func latencyStats(s latency.Summary, known bool) *LatencyStats {
	return unless(!known, LatencyStats{
		Count: s.Count, P50MS: milliseconds(s.P50), P90MS: milliseconds(s.P90), P99MS: milliseconds(s.P99), MaxMS: milliseconds(s.Max),
	})
}

func ejectionStats(t balancer.Totals) EjectionStats {
	return EjectionStats{
		FailsMore: t.FailsMore, AnswersNothing: t.AnswersNothing, ProbeRefused: t.ProbeRefused, LeftOut: t.LeftOut, Withheld: t.Withheld,
	}
}
