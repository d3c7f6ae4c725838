package delivery

import (
	"maps"
	"sync"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/internal/latency"
)

// latencies are how long replicas took to answer checks, by their IDs. The zero value works.
type latencies struct {
	mu sync.Mutex                    // locked for a whole method, by defer
	of map[string]*latency.Histogram // guarded by mu
}

// record takes in an answer, unless the replica was removed meanwhile.
func (l *latencies) record(id string, now time.Time, took time.Duration, sender *attempt.Sender) {
	if h := l.replica(id, sender); h != nil {
		h.RecordAt(now, took)
	}
}

// replica is a replica's own, which is made where there is none; nil for one that was removed.
func (l *latencies) replica(id string, sender *attempt.Sender) *latency.Histogram {
	l.mu.Lock()
	defer l.mu.Unlock()
	h := l.of[id]
	if h == nil && sender.Knows(id) {
		h = &latency.Histogram{}
		if l.of == nil {
			l.of = map[string]*latency.Histogram{}
		}
		l.of[id] = h
	}
	return h
}

// known is a replica's own; nil where there is none.
func (l *latencies) known(id string) *latency.Histogram {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.of[id]
}

// keep forgets those of all other replicas.
func (l *latencies) keep(ids map[string]bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	maps.DeleteFunc(l.of, func(id string, _ *latency.Histogram) bool { return !ids[id] })
}

// timed returns how long an attempt at checks took, which counts for its replica if that answered.
func (c *Carrier) timed(id string, began time.Time, reply attempt.Reply) time.Duration {
	now := time.Now()
	took := now.Sub(began)
	if reply.Outcome.Result == balancer.Success {
		c.latencies.record(id, now, took, c.sender)
	}
	return took
}

// Latency is how long a replica took of late to answer checks, those that probe it included; false where it answered none.
func (c *Carrier) Latency(id string) (latency.Summary, bool) {
	h := c.latencies.known(id)
	if h == nil {
		return latency.Summary{}, false
	}
	return h.Recent()
}
