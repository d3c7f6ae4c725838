package balancer

import (
	"math"
	"sync/atomic"
	"time"
)

// A replica's cost is its latency × (1 + the work in flight on it ÷ its share): what one more request would wait, if the
// replica worked off its requests in turn. After Finagle's balancer with peak EWMA, whose estimate is decayed by time
// and not by the number of samples, so that an idle replica forgets and is tried again.

// load is the work in flight on a replica and what it is known to take.
type load struct {
	decay    time.Duration
	inFlight atomic.Int64  // effort
	requests atomic.Int64  // in flight
	latency  atomic.Uint64 // bits of the estimate in nanoseconds for an effort of one; 0: unknown
	sampled  atomic.Int64  // moment of the last sample
}

// perRequest is the effort of a request in addition to its SIDs: a request for 64 SIDs is twice one for none. A batch
// of 1,000 then counts as 16 requests and not as 1 or as 1,000.
const perRequest = 64

func effort(work int) int64 { return perRequest + int64(max(1, work)) }

func (l *load) begin(effort int64) {
	l.inFlight.Add(effort)
	l.requests.Add(1)
}

func (l *load) end(effort int64) {
	l.inFlight.Add(-effort)
	l.requests.Add(-1)
}

// retained is the share of an estimate that is left after a time: 1/(1+x+x²/2+x³/6) with x in time constants, close
// to e^-x where it matters and far cheaper. One time constant leaves 37.5 %, ten leave 0.4 %.
func (l *load) retained(passed time.Duration) float64 {
	x := float64(max(0, passed)) / float64(l.decay)
	return 1 / (1 + x*(1+x*(1.0/2+x/6)))
}

// estimate is the latency in nanoseconds, 0 when unknown.
func (l *load) estimate(now time.Duration) float64 {
	latency := math.Float64frombits(l.latency.Load())
	if latency == 0 {
		return 0
	}
	return latency * l.retained(now-time.Duration(l.sampled.Load()))
}

// sample takes in how long a request took. Concurrent samples may lose one another: it is an estimate.
func (l *load) sample(now, took time.Duration, effort int64) {
	sample := max(1, float64(took)*(perRequest+1)/float64(effort))
	before := time.Duration(l.sampled.Swap(int64(now)))
	old := math.Float64frombits(l.latency.Load())
	if old != 0 {
		sample += (old - sample) * l.retained(now-before)
	}
	l.latency.Store(math.Float64bits(sample))
}

// penalise takes in a failure, which may raise the estimate and never lowers it: failing fast must not attract traffic.
func (l *load) penalise(now, took time.Duration, effort int64) {
	if float64(took)*(perRequest+1)/float64(effort) > l.estimate(now) {
		l.sample(now, took, effort)
	}
}

// band is the ratio of two latencies up to which they count as equal. Estimates of equal replicas differ by noise;
// below it the work in flight tells them apart better.
const band = 1.5

// cheaper says whether a costs less than b. An unknown latency counts as the other's.
func cheaper(a, b *member, now time.Duration) bool {
	ratio := 1.0
	if la, lb := a.replica.load.estimate(now), b.replica.load.estimate(now); la > 0 && lb > 0 {
		if r := la / lb; r > band || r < 1/band {
			ratio = r
		}
	}
	return ratio*(1+a.queue()) < 1+b.queue()
}

// queue is the work in flight in requests of one SID, relative to the member's share of the traffic.
func (m *member) queue() float64 {
	inFlight := float64(m.replica.load.inFlight.Load()) / (perRequest + 1)
	if m.share > 0 {
		inFlight /= m.share
	}
	return inFlight
}
