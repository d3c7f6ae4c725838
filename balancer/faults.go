package balancer

import (
	"math"
	"time"
)

// recent is the number of outcomes that the share of failures looks back on, about.
const recent = 16

// weigh takes an outcome into the share of failures: 1 for a failure or refusal, the part that an answer left out, else 0.
// Without failures it writes nothing.
func (l *load) weigh(outcome, kept float64) {
	old := math.Float64frombits(l.faults.Load()) * kept
	if old == 0 && outcome == 0 {
		return
	}
	share := old + (outcome-old)/recent
	if share < 1.0/1024 {
		share = 0
	}
	l.faults.Store(math.Float64bits(share))
}

// faultCost is what a replica costs more when all of its requests fail, in multiples of its latency.
const faultCost = 32

// penalty is the factor on the latency for failures. The work in flight alone would draw requests to a replica that
// fails fast, since it has none. It grows with the square of their share, so that a lone failure stays below the band:
// one costs 1.13, two of 16 cost 1.5, half of all 9.
func (l *load) penalty(now time.Duration) float64 {
	share := math.Float64frombits(l.faults.Load())
	if share == 0 {
		return 1
	}
	share *= l.retained(l.last().since(now))
	return 1 + faultCost*share*share
}
