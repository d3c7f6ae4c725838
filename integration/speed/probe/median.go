package main

import (
	"slices"
	"time"
)

// median returns the middle value, the upper one of two. It sorts the values.
func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// perCall runs chunks of calls and returns the median chunk's nanoseconds a call.
func perCall(s size, run func(calls int) error) (float64, error) {
	each := make([]float64, s.chunks)
	for i := range each {
		began := time.Now()
		if err := run(s.calls); err != nil {
			return 0, err
		}
		each[i] = float64(time.Since(began)) / float64(s.calls)
	}
	return median(each), nil
}
