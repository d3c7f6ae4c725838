package main

import (
	"fmt"
	"math"
	"slices"

	"golang.org/x/perf/benchmath"
)

// sample is one figure, a value for each round.
type sample []float64

// over is the ratio of two figures, round by round.
func (s sample) over(other sample) sample {
	ratio := make(sample, len(s))
	for i := range s {
		ratio[i] = s[i] / other[i]
	}
	return ratio
}

// summary is the median and its confidence interval of 95 %, which is infinite with fewer than six rounds.
func (s sample) summary() benchmath.Summary {
	ordered := slices.Clone(s) // it is sorted in place
	return benchmath.AssumeNothing.Summary(benchmath.NewSample(ordered, &benchmath.DefaultThresholds), 0.95)
}

func (s sample) median() float64 { return s.summary().Center }

// enough is how narrow an interval must be.
const enough = 0.05

// narrow reports whether the interval is narrow enough. One of too few rounds is not.
func (s sample) narrow() bool {
	sum := s.summary()
	return sum.Hi-sum.Lo < enough
}

// String shows the median and the interval, if there is one. A ratio needs three digits: its target differs from 1 by
// hundredths.
func (s sample) String() string {
	sum := s.summary()
	if math.IsInf(sum.Lo, 0) || math.IsInf(sum.Hi, 0) {
		return fmt.Sprintf("%.3f", sum.Center)
	}
	return fmt.Sprintf("%.3f [%.3f %.3f]", sum.Center, sum.Lo, sum.Hi)
}
