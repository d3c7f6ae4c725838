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

// interval is the confidence interval of the median; known is false when there were too few rounds.
func (s sample) interval() (low, high float64, known bool) {
	sum := s.summary()
	return sum.Lo, sum.Hi, !math.IsInf(sum.Lo, 0) && !math.IsInf(sum.Hi, 0)
}

// String shows the median and the interval.
func (s sample) String() string {
	if low, high, known := s.interval(); known {
		return fmt.Sprintf("%s [%s %s]", show(s.median()), show(low), show(high))
	}
	return show(s.median())
}

// show writes a number with three digits that count, more where they stand before the point.
func show(x float64) string {
	digits := 2
	for rest := math.Abs(x); rest < 1 && rest > 0 && digits < 5; rest *= 10 {
		digits++
	}
	for rest := math.Abs(x); rest >= 10 && digits > 0; rest /= 10 {
		digits--
	}
	return fmt.Sprintf("%.*f", digits, x)
}
