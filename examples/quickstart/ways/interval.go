package ways

import (
	"math"
	"slices"
)

// confidence is what an interval is to have.
const confidence = 0.95

// interval is the median of some samples, and where the true median lies with some confidence. The zero interval is of none.
type interval struct{ median, low, high float64 }

// newInterval assumes no law of the samples. The k-th smallest and the k-th largest of n hold the true median between them unless
// fewer than k samples lie on one side of it, and each lies there by the toss of a coin. With 10 samples k is 2: 1 - 2·11/2^10 is
// 97.9 %. Fewer than 6 have no such interval; theirs is from the least to the greatest. (David and Nagaraja, "Order Statistics", 7.1.)
func newInterval(samples []float64) interval {
	n := len(samples)
	if n == 0 {
		return interval{}
	}
	sorted := slices.Sorted(slices.Values(samples))
	k := rank(n)
	return interval{(sorted[(n-1)/2] + sorted[n/2]) / 2, sorted[k-1], sorted[n-k]}
}

// rank is the k of the narrowest interval that has the confidence, or 1 when none has it.
func rank(n int) int {
	k := 1
	for 2*(k+1) <= n && coverage(n, k+1) >= confidence {
		k++
	}
	return k
}

// enough reports whether so many samples have an interval with the confidence.
func enough(n int) bool { return coverage(n, rank(n)) >= confidence }

// coverage is how likely the true median lies between the k-th smallest and the k-th largest of n samples.
func coverage(n, k int) float64 {
	fewer, ways := 0.0, 1.0 // ways to have i of n on one side
	for i := range k {
		fewer += ways
		ways *= float64(n-i) / float64(i+1)
	}
	return 1 - 2*fewer*math.Pow(0.5, float64(n))
}
