package main

import (
	"errors"
	"fmt"
	"strings"
)

// errWorse is a sweep's bad end.
var errWorse = errors.New("batching is worse than its absence at some load")

// verdict lists where batching is worse than its absence.
type verdict []string

// judge compares at each load that both modes were measured at. Once a mode is saturated, its figures tell how long it was
// played to and little else; what counts is that the other was not.
func judge(curve []point) verdict {
	var v verdict
	for _, on := range curve {
		off, ok := find(curve, on.load, batchingOff)
		switch {
		case on.mode != batchingOn || !ok || off.saturated():
		case on.saturated():
			v = append(v, fmt.Sprintf("%d checks/s: on is saturated, off is not", on.load))
		default:
			v = append(v, compare(on, off)...)
		}
	}
	return v
}

func find(curve []point, load int, m mode) (point, bool) {
	for _, p := range curve {
		if p.load == load && p.mode == m {
			return p, true
		}
	}
	return point{}, false
}

// compare lists the figures in which on is worse beyond overlapping intervals.
func compare(on, off point) []string {
	var worse []string
	for _, f := range judged {
		if on.of[f].above(off.of[f]) {
			worse = append(worse, fmt.Sprintf("%d checks/s: %v: on %v, off %v", on.load, f, on.of[f], off.of[f]))
		}
	}
	return worse
}

// err is nil for a good verdict.
func (v verdict) err() error {
	if len(v) == 0 {
		return nil
	}
	return errWorse
}

// String is the verdict's line, or lines.
func (v verdict) String() string {
	if len(v) == 0 {
		return "Batching on is nowhere worse than off beyond overlapping intervals."
	}
	return "Batching on is worse than off beyond overlapping intervals at:\n- " + strings.Join(v, "\n- ")
}
