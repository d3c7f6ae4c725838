package health

import (
	"strings"
	"sync"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk"
)

// made is a client whose stats are made up.
type made struct {
	done chan struct{}

	mu    sync.Mutex
	stats func() sdk.Stats // guarded by mu
}

func newMade(stats func() sdk.Stats) *made { return &made{done: make(chan struct{}), stats: stats} }

func (m *made) Stats() sdk.Stats {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.stats()
}

func (m *made) Done() <-chan struct{} { return m.done }

func (m *made) set(stats sdk.Stats) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stats = func() sdk.Stats { return stats }
}

// noon is when all that is made up takes place.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func ago(d time.Duration) *time.Time {
	t := noon.Add(-d)
	return &t
}

func ptr[T any](v T) *T { return &v }

// idleStats are of a client that has done nothing yet.
func idleStats() sdk.Stats {
	return sdk.Stats{Service: "ms2", At: noon, Client: sdk.ClientStats{Name: "payments-ms1", Version: "(devel)", Started: noon}}
}

// incident is a fleet of five where something is the matter with each but one, after some seconds of traffic.
func incident(after int) sdk.Stats {
	n := int64(after)
	s := idleStats()
	s.At = noon.Add(time.Duration(after) * time.Second)
	s.Ready, s.Summary = true, "1 of 5 replicas is out (ms2-3: 5 failures in a row). Checks are answered."
	s.Problems = []sdk.Problem{
		{Reason: sdk.ReasonFailuresInRow, Cause: sdk.ReasonTimeout, Severity: sdk.Warning, Replica: "ms2-3",
			Text: "5 failures in a row (last: no answer within 500ms)", Since: ago(12 * time.Second)},
		{Reason: sdk.ReasonUnconfirmed, Cause: sdk.ReasonRefusedConnection, Severity: sdk.Warning,
			Text: "the set of replicas can't be confirmed: consul does not answer (connection refused)", Since: ago(3 * time.Minute)},
		{Reason: sdk.ReasonSlow, Severity: sdk.Notice, Replica: "ms2-2", Text: "takes 21 ms for what the others take 3 ms for"},
	}
	s.Checks = sdk.CheckStats{Fresh: 90 * n, Cached: 1100 * n, Stale: 6 * n, Attested: 44 * n, Failed: n / 4, Malformed: 3, Coalesced: 12 * n,
		FailedBy: sdk.FailedStats{Deadline: n / 4}}
	s.Batches, s.Attempts, s.Retries = 60*n, 66*n, 6*n
	s.Extra = sdk.ExtraStats{Retry: 5 * n, SecondOpinion: n}
	s.Outcomes = sdk.OutcomeStats{Success: 61 * n, Failure: 5 * n}
	s.Failures = sdk.FailureStats{Timeout: 5 * n}
	s.Latency = &sdk.LatencyStats{Count: 5400, P50MS: 2.1, P90MS: 6, P99MS: 18 + float64(after%7), MaxMS: 512}
	s.Budget, s.BudgetMax = 84, 100
	s.Line = sdk.LineStats{Waiting: 3, WaitingMax: 10000, InFlight: 4, Limit: 12, LimitMax: 64}
	s.Cache = &sdk.CacheStats{Entries: 5210, Limit: 100000, Hits: 1106 * n, Misses: 90 * n}
	s.Discovery = sdk.DiscoveryStats{Source: "consul", Instances: 5, AgeSeconds: ptr(183.0), ConfirmedAt: ago(183 * time.Second),
		Error: ptr("Get \"http://127.0.0.1:8500/v1/health/service/ms2\": connection refused"), ErrorSince: ago(3 * time.Minute), Stale: true,
		Dropped: []discovery.Dropped{{ID: "ms2-9", Why: "its address has no port"}}, Detail: map[string]string{"index": "84213", "datacenter": "dc1"}}
	s.Replicas = madeReplicas(after)
	s.Events = []sdk.Event{
		{Seq: 1, At: noon.Add(-40 * time.Minute), Kind: sdk.EventReady, Severity: sdk.Notice, Text: "the first replicas are known"},
		{Seq: 2, At: noon.Add(-39 * time.Minute), Kind: sdk.EventJoined, Severity: sdk.Notice, Replica: "ms2-5", Addr: "10.0.3.7:8082", Text: "joined: 5 replicas"},
		{Seq: 3, At: noon.Add(-3 * time.Minute), Kind: sdk.EventFailing, Severity: sdk.Warning, Reason: sdk.ReasonUnconfirmed,
			Cause: sdk.ReasonRefusedConnection, Text: "the set of replicas can't be confirmed: connection refused"},
		{Seq: 4, At: noon.Add(-50 * time.Second), Kind: sdk.EventBack, Severity: sdk.Notice, Replica: "ms2-5", From: "probing", To: "warming up",
			Reason: sdk.ReasonReturned, Text: "answered the request that probed it", Lasted: ptr(31.5)},
		{Seq: 5, At: noon.Add(-12 * time.Second), Kind: sdk.EventOut, Severity: sdk.Warning, Replica: "ms2-3", From: "ready", To: "broken",
			Reason: sdk.ReasonFailuresInRow, Cause: sdk.ReasonTimeout, Text: "5 failures in a row (last: no answer within 500ms)"},
	}
	s.Client.Config = map[string]string{"MS2_SERVICE": "ms2", "MS2_TIMEOUT": "2s", "MS2_ATTEMPT_TIMEOUT": "500ms", "MS2_TOKEN": "redacted"}
	return s
}

func madeReplicas(after int) []sdk.ReplicaStats {
	n := int64(after)
	r := func(id, addr string, state balancer.State, picks int64) sdk.ReplicaStats {
		return sdk.ReplicaStats{ID: id, Addr: addr, Zone: "eu-1a", Weight: 1, WarmUp: 1, State: string(state), Picks: picks, Successes: picks, Breaker: "closed",
			InFlight: 1, Load: ptr(0.41), Latency: &sdk.LatencyStats{Count: 800, P50MS: 1.9, P90MS: 4, P99MS: 9.4, MaxMS: 30}}
	}
	ready, busy := r("ms2-1", "10.0.1.4:8082", balancer.Ready, 30*n+n%5), r("ms2-2", "10.0.1.9:8082", balancer.Ready, 18*n)
	busy.Reason, busy.Why = sdk.ReasonSlow, "takes 21 ms for what the others take 3 ms for"
	broken := r("ms2-3", "10.0.2.4:8082", balancer.Broken, 10*min(n, 100))
	broken.Reason, broken.Cause, broken.Since, broken.Breaker = sdk.ReasonFailuresInRow, sdk.ReasonTimeout, ago(12*time.Second), "open"
	broken.Why, broken.LastError = "5 failures in a row (last: no answer within 500ms)", ptr("no answer within 500ms")
	broken.LastErrorAt, broken.Failures, broken.Latency, broken.Load = ago(12*time.Second), max(0, min(n, 100)-90)*8, nil, nil
	resting := r("ms2-4", "10.0.2.8:8082", balancer.Resting, 5*n)
	resting.Reason, resting.Why, resting.Since = sdk.ReasonShedsLoad, "answered 429, asks for 8 s, 5 s left", ago(3*time.Second)
	warming := r("ms2-5", "10.0.3.7:8082", balancer.Warming, n)
	warming.Reason, warming.Why, warming.WarmUp, warming.Since = sdk.ReasonReturned, "back, 40 % of its share", 0.4, ago(50*time.Second)
	return []sdk.ReplicaStats{ready, busy, broken, resting, warming}
}

// hostile is what strangers may name a replica.
var hostile = "</script></template><script>alert(1)</script>\u202e\x00" + strings.Repeat("W", 10_000)
