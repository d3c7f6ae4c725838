package delivery

import (
	"math/bits"
	"sync/atomic"
)

// Counters are what a carrier counts, since it was made.
type Counters struct {
	Batches  atomic.Int64 // however often each was attempted
	Attempts atomic.Int64 // HTTP requests for checks
	Retries  atomic.Int64 // attempts that were not the first of their batch
	Splits   atomic.Int64 // batches that went on in parts
	Unasked  atomic.Int64 // results for SIDs that nobody asked
	Sizes    Sizes        // of batches

	answered atomic.Int64 // attempts that brought an answer

	// Forwarded counts what is no check.
	Forwarded struct {
		Requests atomic.Int64 // that began
		Attempts atomic.Int64 // HTTP requests for them, probes included
		Failed   atomic.Int64 // that brought no answer, or one that was cut off

		answered atomic.Int64 // attempts that brought an answer
	}
}

// Counters returns the carrier's own, which go on counting.
func (c *Carrier) Counters() *Counters { return &c.counters }

// Budget is how many extra attempts may be made now.
func (c *Carrier) Budget() float64 { return c.budget.balance() }

// Sizes counts batches by the power of two that their size is at most: 1, 2, 4, … 1024.
type Sizes [11]atomic.Int64

func (s *Sizes) count(size int) { s[min(bits.Len(uint(size-1)), len(s)-1)].Add(1) }
