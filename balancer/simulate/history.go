package simulate

import (
	"slices"
	"time"
)

// history is what a replica remembers for Prequal's probes: how long its latest requests took, by how many others each
// found in flight.
type history struct {
	byInFlight map[int]*recent
}

// recent holds the last few durations.
type recent struct {
	took [32]time.Duration
	n    int
}

func (h *history) add(inFlight int, took time.Duration) {
	if h.byInFlight == nil {
		h.byInFlight = map[int]*recent{}
	}
	r := h.byInFlight[inFlight]
	if r == nil {
		r = &recent{}
		h.byInFlight[inFlight] = r
	}
	r.took[r.n%len(r.took)] = took
	r.n++
}

// estimate is the median at this number in flight, or at the nearest one that is known; 0 when none is.
func (h *history) estimate(inFlight int) time.Duration {
	for away := range 256 {
		for _, at := range [2]int{inFlight - away, inFlight + away} {
			if r := h.byInFlight[at]; r != nil {
				return r.median()
			}
		}
	}
	return 0
}

func (r *recent) median() time.Duration {
	took := r.took
	known := took[:min(r.n, len(took))]
	slices.Sort(known)
	return known[len(known)/2]
}
