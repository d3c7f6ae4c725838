package health

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk"
)

// replicaView is a row.
type replicaView struct {
	ID          string `json:"id"`
	Addr        string `json:"addr"`
	Tone        tone   `json:"tone"`
	State       string `json:"state"`
	Why         string `json:"why"`
	Code        string `json:"code"` // reason and cause
	Since       string `json:"since"`
	Last        string `json:"last"` // what went wrong last
	Share       string `json:"share"`
	Weight      string `json:"weight"`
	Requests    string `json:"requests"`
	RequestsOf  spark  `json:"requests_of"`
	Failures    string `json:"failures"`
	FailuresOf  spark  `json:"failures_of"`
	Failing     tone   `json:"failing"`      // of the failures
	Latency     string `json:"latency"`      // p50
	LatencyHigh string `json:"latency_high"` // p99
	InFlight    string `json:"in_flight"`
	Load        string `json:"load"`
	Zone        string `json:"zone"`
}

// maxRows is how many replicas the page shows: the worst.
const maxRows = 100

// replicaViews has the worst first; among equals the order stays the same.
func replicaViews(s sdk.Stats, past *history) []replicaView {
	scale, named, out := past.scale(), severities(s.Problems), outSince(s)
	type ranked struct {
		sdk.ReplicaStats
		tone tone
	}
	all := make([]ranked, len(s.Replicas))
	for i, r := range s.Replicas {
		all[i] = ranked{r, toneOfReplica(r, named)}
	}
	slices.SortStableFunc(all, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(a.tone.rank(), b.tone.rank()), strings.Compare(a.ID, b.ID))
	})
	views := make([]replicaView, min(len(all), maxRows))
	for i := range views {
		r := all[i]
		r.Since = earlier(r.Since, out[r.ID])
		views[i] = replicaViewOf(r.ReplicaStats, r.tone, s.At, past.replicas[replicaKey{r.ID, r.Addr}], scale)
	}
	return views
}

// known says how many replicas there are.
func known(n int) string {
	text := plural(n, "replica", "replicas")
	if n > maxRows {
		text += ", the worst " + count(maxRows) + " of them"
	}
	return text
}

// replicaScale is what the lines of all replicas are drawn against, and their share is of.
type replicaScale struct{ requests, failures, all float64 }

func (h *history) scale() replicaScale {
	var s replicaScale
	for _, r := range h.replicas {
		s.requests = max(s.requests, r.requests.most())
		s.failures = max(s.failures, r.failures.most())
		if v := r.requests.mean(shareOver); !math.IsNaN(v) {
			s.all += v
		}
	}
	return s
}

// shareOver is the seconds over which shares are made.
const shareOver = 10

func replicaViewOf(r sdk.ReplicaStats, t tone, now time.Time, past *replicaHistory, scale replicaScale) replicaView {
	if past == nil {
		past = &replicaHistory{} // it joined after the last sample
	}
	v := replicaView{
		ID: clip(r.ID, maxName), Addr: addrOf(r), Zone: orNone(clip(r.Zone, maxName)),
		Tone: t, State: orNone(clip(r.State, maxName)), Last: lastError(r, now, t),
		Why: clip(r.Why, maxText), Code: code(r.Reason, r.Cause), Since: since(r.Since, now),
		Share: percent(share(past.requests.mean(shareOver), scale.all)), Weight: weight(r),
		Requests: rate(past.requests.mean(rateOver)), RequestsOf: sparkOf("requests", &past.requests, scale.requests, rate),
		Failures: rate(past.failures.mean(rateOver)), FailuresOf: sparkOf("failed or refused", &past.failures, scale.failures, rate),
		Failing: toneOfFailures(&past.failures),
		Latency: latency(r.Latency, p50), LatencyHigh: latency(r.Latency, p99),
		InFlight: count(r.InFlight), Load: none,
	}
	if r.Load != nil {
		v.Load = percent(*r.Load)
	}
	return v
}

// addrOf is its address where its ID is not that already.
func addrOf(r sdk.ReplicaStats) string {
	if r.Addr == r.ID {
		return ""
	}
	return clip(r.Addr, maxName)
}

// severities are those of the problems by the replica that they name.
func severities(problems []sdk.Problem) map[string]sdk.Severity {
	named := map[string]sdk.Severity{}
	for _, p := range problems {
		if known, ok := named[p.Replica]; !ok || toneOf(p.Severity).rank() < toneOf(known).rank() {
			named[p.Replica] = p.Severity
		}
	}
	return named
}

// toneOfReplica is that of its problem, but of one that is out it is bad. A state that is not known is one to look at.
func toneOfReplica(r sdk.ReplicaStats, named map[string]sdk.Severity) tone {
	state := balancer.State(r.State)
	severity, problem := named[r.ID]
	switch {
	case state == balancer.Broken, state == balancer.Ejected, state == balancer.Probing:
		return bad
	case problem:
		return toneOf(severity)
	case state == balancer.Ready:
		return good
	case state == balancer.Warming, state == balancer.LastChoice, state == balancer.Draining:
		return idle
	}
	return warn
}

// errorsOfLate is how old an error may be that is shown of a replica which is all right again.
const errorsOfLate = 10 * time.Minute

func lastError(r sdk.ReplicaStats, now time.Time, t tone) string {
	if r.LastError == nil || r.LastErrorAt == nil {
		return ""
	}
	ago := now.Sub(*r.LastErrorAt)
	settled := t.rank() > warn.rank()
	if settled && ago > errorsOfLate || strings.Contains(r.Why, *r.LastError) {
		return ""
	}
	return "last error " + age(ago) + " ago: " + clip(*r.LastError, maxText)
}

// toneOfFailures is bad while requests fail, and a warning while they did in the last two minutes.
func toneOfFailures(failures *series) tone {
	switch {
	case failures.mean(rateOver) > 0:
		return bad
	case failures.most() > 0:
		return warn
	}
	return good
}

// weight says with what the replica counts, where that is not the usual.
func weight(r sdk.ReplicaStats) string {
	switch {
	case r.WarmUp > 0 && r.WarmUp < 1:
		return "counts " + percent(r.WarmUp)
	case r.Weight != 1:
		return "weight " + count(int64(r.Weight))
	}
	return ""
}
