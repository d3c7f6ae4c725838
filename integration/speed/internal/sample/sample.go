// Package sample is about one figure that was measured again and again.
package sample

import (
	"fmt"
	"math"
	"slices"

	"golang.org/x/perf/benchmath"
)

// Sample is one figure, a value for each round.
type Sample []float64

// Over is the ratio of two figures, round by round.
func (s Sample) Over(other Sample) Sample {
	ratio := make(Sample, len(s))
	for i := range s {
		ratio[i] = s[i] / other[i]
	}
	return ratio
}

// Summary is the median and its confidence interval of 95 %, which is infinite with fewer than six rounds.
func (s Sample) Summary() benchmath.Summary {
	ordered := slices.Clone(s) // it is sorted in place
	return benchmath.AssumeNothing.Summary(benchmath.NewSample(ordered, &benchmath.DefaultThresholds), 0.95)
}

// Median is the value in the middle.
func (s Sample) Median() float64 { return s.Summary().Center }

// enough is how narrow an interval must be.
const enough = 0.05

// Narrow reports whether the interval is narrow enough. One of too few rounds is not.
func (s Sample) Narrow() bool {
	sum := s.Summary()
	return sum.Hi-sum.Lo < enough
}

// String shows the median and the interval, if there is one. A ratio needs three digits: its target differs from 1 by
// hundredths.
func (s Sample) String() string {
	sum := s.Summary()
	if math.IsInf(sum.Lo, 0) || math.IsInf(sum.Hi, 0) {
		return fmt.Sprintf("%.3f", sum.Center)
	}
	return fmt.Sprintf("%.3f [%.3f %.3f]", sum.Center, sum.Lo, sum.Hi)
}
