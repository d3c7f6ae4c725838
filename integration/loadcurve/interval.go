package main

import (
	"fmt"
	"math"
	"slices"
)

// confidence is what an interval is to have.
const confidence = 0.95

// interval is the median of some samples, and where the median of all that could have been is, with some confidence.
type interval struct{ median, low, high float64 }

// newInterval needs no law of the samples: the k-th smallest and the k-th largest of n hold the true median between them
// unless fewer than k lie on one side of it, and each lies there by the toss of a coin. So 6 samples are the fewest for
// 95 %, from the least to the greatest: 1 - 2·(1/2)^6 = 96.9 %. (H. A. David, H. N. Nagaraja, "Order Statistics", 7.1.)
func newInterval(samples []float64) interval {
	sorted := slices.Sorted(slices.Values(samples))
	n := len(sorted)
	k := intervalRank(n)
	return interval{(sorted[(n-1)/2] + sorted[n/2]) / 2, sorted[k-1], sorted[n-k]}
}

// intervalRank is the k with the narrowest interval that has the confidence, or 1 when n samples are too few for any.
func intervalRank(n int) int {
	k := 1
	for 2*(k+1) <= n && coverage(n, k+1) >= confidence {
		k++
	}
	return k
}

// coverage is how likely the interval from the k-th smallest to the k-th largest of n samples holds the true median.
func coverage(n, k int) float64 {
	fewer, ways := 0.0, 1.0 // ways to have i of n on one side
	for i := range k {
		fewer += ways
		ways *= float64(n-i) / float64(i+1)
	}
	return 1 - 2*fewer*math.Pow(0.5, float64(n))
}

// above says that the whole interval lies above the other.
func (i interval) above(other interval) bool { return i.low > other.high }

// String is for the table.
func (i interval) String() string {
	return fmt.Sprintf("%s [%s, %s]", short(i.median), short(i.low), short(i.high))
}

// short writes a number with about three digits.
func short(v float64) string {
	switch {
	case math.IsInf(v, 0):
		return "∞"
	case v != 0 && math.Abs(v) < 1:
		return fmt.Sprintf("%.3f", v)
	case math.Abs(v) < 10:
		return fmt.Sprintf("%.2f", v)
	case math.Abs(v) < 100:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}
