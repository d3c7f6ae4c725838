package health

import (
	"math"
	"time"

	"ms2.internal/lb/sdk"
)

// history is two minutes of a client's numbers, a second apart. All rates are by the second.
type history struct {
	origins  [origins]series // checks by where their verdict came from
	attempts series          // requests for checks
	saved    series          // the part of the checks that took no request, over some seconds
	p99      series          // of the checks that were asked, in ms
	budget   series          // the part of it that is left
	replicas map[replicaKey]*replicaHistory

	at   time.Time // of the sample before; zero for none
	last totals
}

// The places a verdict comes from, in the order of the page. Failed stands for none, but not for callers that left.
const (
	fresh = iota
	cached
	stale
	attested
	failed
	origins
)

// replicaKey is what makes a replica the same as before.
type replicaKey struct{ id, addr string }

// replicaHistory is that of one replica.
type replicaHistory struct {
	requests, failures         series
	lastRequests, lastFailures int64
	seen                       time.Time
}

// totals are the counters that rates are made of.
type totals struct {
	origins  [origins]int64
	attempts int64
}

func totalsOf(s sdk.Stats) totals {
	c := s.Checks
	return totals{
		origins:  [origins]int64{c.Fresh, c.Cached, c.Stale, c.Attested, max(0, c.Failed-c.FailedBy.Canceled)},
		attempts: s.Attempts,
	}
}

// add takes another sample.
func (h *history) add(s sdk.Stats) {
	now, seconds := totalsOf(s), s.At.Sub(h.at).Seconds()
	if !h.at.IsZero() && seconds > 0 {
		for i := range h.origins {
			h.origins[i].add(rise(h.last.origins[i], now.origins[i]) / seconds)
		}
		h.attempts.add(rise(h.last.attempts, now.attempts) / seconds)
		h.saved.add(h.savedOver(rateOver))
		h.p99.add(p99Of(s.Latency))
		h.budget.add(share(s.Budget, s.BudgetMax))
	}
	h.addReplicas(s, seconds)
	h.at, h.last = s.At, now
}

// addReplicas takes a sample of each replica, and forgets those that left.
func (h *history) addReplicas(s sdk.Stats, seconds float64) {
	if h.replicas == nil {
		h.replicas = map[replicaKey]*replicaHistory{}
	}
	for _, r := range s.Replicas {
		key := replicaKey{r.ID, r.Addr}
		of, known := h.replicas[key]
		if !known {
			of = &replicaHistory{}
			h.replicas[key] = of
		}
		of.add(r, seconds, known && seconds > 0)
		of.seen = s.At
	}
	for key, of := range h.replicas {
		if !of.seen.Equal(s.At) {
			delete(h.replicas, key)
		}
	}
}

// add takes a sample of the replica; the first one is only what the next is compared with.
func (r *replicaHistory) add(now sdk.ReplicaStats, seconds float64, compare bool) {
	failures := now.Failures + now.Refused
	if compare {
		r.requests.add(rise(r.lastRequests, now.Picks) / seconds)
		r.failures.add(rise(r.lastFailures, failures) / seconds)
	}
	r.lastRequests, r.lastFailures = now.Picks, failures
}

// rise is by how much a counter rose. One that is lower than before began again.
func rise(before, now int64) float64 {
	if now < before {
		return float64(now)
	}
	return float64(now - before)
}

// requestsOver is how many requests a check took; NaN without checks. A request may be of one second and its check of the next, so it is
// made of sums.
func (h *history) requestsOver(seconds int) float64 {
	checks := h.answered(seconds) + h.origins[failed].mean(seconds)
	return share(h.attempts.mean(seconds), checks)
}

// savedOver is the part of the checks that took no request; NaN without checks.
func (h *history) savedOver(seconds int) float64 { return max(0, 1-h.requestsOver(seconds)) }

func p99Of(l *sdk.LatencyStats) float64 {
	if l == nil {
		return math.NaN()
	}
	return l.P99MS
}
