package main

import (
	"math"
	"slices"
	"time"
)

// figure is one of the numbers that a measurement has.
type figure int

const (
	requests figure = iota
	p50
	p99
	p999
	clientCPU
	totalCPU
	failed
	lag50
	lag99
	figures int = iota
)

// String is the figure's heading, with its unit.
func (f figure) String() string {
	return [figures]string{
		"requests per check", "p50, ms", "p99, ms", "p99.9, ms", "client CPU per check, µs", "total CPU per check, µs",
		"failed, %", "generator's lag p50, ms", "lag p99, ms",
	}[f]
}

// judged are the figures in which batching must not be worse.
var judged = []figure{p50, p99, clientCPU, totalCPU}

// drawn are the figures of the plot's panels.
var drawn = []figure{requests, p50, p99, p999, clientCPU, totalCPU}

// sample is one measurement: one load, played once to one mode.
type sample [figures]float64

// usage is what was counted while a schedule was played.
type usage struct {
	requests      int64
	client, fleet time.Duration // CPU
}

// newSample works out the figures.
func newSample(t *trace, u usage) sample {
	took, lag := slices.Sorted(slices.Values(t.took)), slices.Sorted(slices.Values(t.lag))
	checks := float64(len(took))
	answered, _ := slices.BinarySearch(took, never)
	return sample{
		requests: float64(u.requests) / checks,
		p50:      milliseconds(quantile(took, 0.5)), p99: milliseconds(quantile(took, 0.99)), p999: milliseconds(quantile(took, 0.999)),
		clientCPU: float64(u.client) / float64(time.Microsecond) / checks,
		totalCPU:  float64(u.client+u.fleet) / float64(time.Microsecond) / checks,
		failed:    100 * (checks - float64(answered)) / checks,
		lag50:     milliseconds(quantile(lag, 0.5)), lag99: milliseconds(quantile(lag, 0.99)),
	}
}

// milliseconds is infinite for never.
func milliseconds(d time.Duration) float64 {
	if d == never {
		return math.Inf(1)
	}
	return float64(d) / float64(time.Millisecond)
}

// quantile is the smallest value that at least the share q of all do not exceed (nearest rank): of 200 values the 198th is
// the 0.99 quantile. sorted must not be empty.
func quantile(sorted []time.Duration, q float64) time.Duration {
	return sorted[max(0, int(math.Ceil(q*float64(len(sorted))))-1)]
}
