package sdk

import (
	"maps"
	"math/bits"
	"slices"
	"sync/atomic"
)

// LineStats says how checks become requests.
type LineStats struct {
	Waiting          int          `json:"waiting"`            // SIDs that gather for the next batch
	InFlight         int          `json:"in_flight"`          // batches under way
	Limit            int          `json:"limit"`              // batches that may be under way, as found best
	Sizes            []BatchSizes `json:"sizes"`              // batches by how many SIDs they began with
	RequestsPerCheck *float64     `json:"requests_per_check"` // attempts by all checks; null before the first check
	Splits           int64        `json:"splits"`             // batches that went on in parts
	Apart            []string     `json:"apart"`              // SIDs that make MS2 fall over, sent alone for a time
}

// BatchSizes counts the batches of about a size: of at most UpTo SIDs, and more than half as many.
type BatchSizes struct {
	UpTo    int   `json:"up_to"`
	Batches int64 `json:"batches"`
}

// sizes counts batches by the power of two that their size is at most: 1, 2, 4, … 1024.
type sizes [11]atomic.Int64

func (s *sizes) count(size int) { s[min(bits.Len(uint(size-1)), len(s)-1)].Add(1) }

// stats leaves out the sizes that no batch had.
func (s *sizes) stats() []BatchSizes {
	stats := []BatchSizes{}
	for i := range s {
		if n := s[i].Load(); n > 0 {
			stats = append(stats, BatchSizes{UpTo: 1 << i, Batches: n})
		}
	}
	return stats
}

func (c *Client) lineStats(checks CheckStats) LineStats {
	s := LineStats{Sizes: c.counters.sizes.stats(), Splits: c.counters.splits.Load()}
	s.Waiting, s.InFlight, s.Limit, s.Apart = c.collector.stats()
	all := checks.Fresh + checks.Cached + checks.Stale + checks.Failed
	s.RequestsPerCheck = unless(all == 0, float64(c.counters.attempts.Load())/float64(all))
	return s
}

func (c *collector) stats() (waiting, inFlight, limit int, apart []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sweepApartLocked()
	l := &c.line
	return l.waiting(), l.busy - l.called, l.limit.now(), slices.AppendSeq([]string{}, maps.Keys(c.apart))
}
