package main

import (
	"math"
	"testing"
	"time"
)

func TestAQuantileIsTheNearestRank(t *testing.T) {
	var sorted []time.Duration
	for i := range 200 {
		sorted = append(sorted, time.Duration(i+1))
	}
	for q, want := range map[float64]time.Duration{0: 1, 0.5: 100, 0.99: 198, 0.999: 200, 1: 200} {
		if got := quantile(sorted, q); got != want {
			t.Errorf("the %v quantile of 1 to 200 is %d, want %d", q, got, want)
		}
	}
	if got := quantile(sorted[:1], 0.999); got != 1 {
		t.Errorf("the quantile of one value is %d", got)
	}
}

func TestASampleCountsPerCheckAndAFailureIsNeverQuick(t *testing.T) {
	ms := time.Millisecond
	got := newSample(
		&trace{took: []time.Duration{4 * ms, never, 2 * ms, 3 * ms}, lag: []time.Duration{ms, ms / 2, ms, ms}},
		usage{requests: 2, client: 400 * time.Microsecond, fleet: 200 * time.Microsecond},
	)
	want := sample{
		requests: 0.5, p50: 3, p99: math.Inf(1), p999: math.Inf(1), clientCPU: 100, totalCPU: 150, failed: 25, lag50: 1, lag99: 1,
	}
	if got != want {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}
