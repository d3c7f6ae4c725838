package latency

import (
	"math"
	"time"
)

// Summary describes durations. Each is the end of its bucket: at most an eighth too high where it is above 16 µs, and never too low
// up to 4.5 minutes.
type Summary struct {
	Count              int64
	P50, P90, P99, Max time.Duration // P50: half of them were at most so long
}

// Recent describes what was recorded in the last 30 to 60 s; false where nothing was.
func (h *Histogram) Recent() (Summary, bool) {
	counts := h.recent(int64(time.Since(began)))
	s := Summary{}
	for _, n := range counts {
		s.Count += int64(n)
	}
	if s.Count == 0 {
		return s, false
	}
	s.P50, s.P90, s.P99, s.Max = counts.quantile(s.Count, 0.5), counts.quantile(s.Count, 0.9), counts.quantile(s.Count, 0.99), counts.quantile(s.Count, 1)
	return s, true
}

// tally is how many durations each bucket holds.
type tally [buckets]uint32

// recent is what came since the older copy.
func (h *Histogram) recent(now int64) (counts tally) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.turnLocked(now)
	for i := range counts {
		counts[i] = h.counts[i].Load() - h.older[i]
	}
	return counts
}

// quantile is where the bucket ends that holds a part of all of them, or what is below it does.
func (t *tally) quantile(all int64, part float64) time.Duration {
	missing := int64(math.Ceil(part * float64(all)))
	for i, n := range t {
		if missing -= int64(n); missing <= 0 {
			return upTo(i)
		}
	}
	return upTo(buckets - 1)
}
