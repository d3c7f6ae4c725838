package main

import (
	"math"
	"testing"
)

func TestAnIntervalHasTheRanksOfTheBinomialLaw(t *testing.T) {
	for _, c := range []struct {
		n, k     int
		coverage float64
	}{
		{1, 1, 0}, {2, 1, 0.5}, {5, 1, 0.9375}, // too few for 95 %
		{6, 1, 1 - 2.0/64}, {8, 1, 1 - 2.0/256}, {9, 2, 1 - 20.0/512}, {10, 2, 1 - 22.0/1024}, {12, 3, 1 - 158.0/4096},
	} {
		if k := intervalRank(c.n); k != c.k {
			t.Errorf("%d samples: rank %d, want %d", c.n, k, c.k)
		}
		if got := coverage(c.n, c.k); math.Abs(got-c.coverage) > 1e-12 {
			t.Errorf("%d samples: coverage %v, want %v", c.n, got, c.coverage)
		}
	}
}

func TestAnIntervalIsTheMedianAndItsOrderStatistics(t *testing.T) {
	if got, want := newInterval([]float64{9, 1, 5, 3, 7, 11}), (interval{6, 1, 11}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if got, want := newInterval([]float64{9, 1, 5, 3, 7, 11, 13, 15, 17}), (interval{9, 3, 15}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if got, want := newInterval([]float64{1, math.Inf(1), 2}).String(), "2.00 [1.00, ∞]"; got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestIntervalsThatTouchOverlap(t *testing.T) {
	low := interval{2, 1, 3}
	if (interval{4, 3, 5}).above(low) {
		t.Error("3 to 5 is above 1 to 3")
	}
	if !(interval{4, 3.1, 5}).above(low) {
		t.Error("3.1 to 5 is not above 1 to 3")
	}
}
