package delivery

import (
	"math/bits"
	"sync/atomic"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk/internal/attempt"
)

// Counters are what a carrier counts, since it was made.
type Counters struct {
	Batches  atomic.Int64 // however often each was attempted
	Attempts atomic.Int64 // HTTP requests for checks
	Retries  atomic.Int64 // attempts that were not the first of their batch
	Splits   atomic.Int64 // batches that went on in parts
	Unasked  atomic.Int64 // results for SIDs that nobody asked
	Sizes    Sizes        // of batches

	// Extra counts the Retries by what they were for.
	Extra struct {
		Retry         atomic.Int64 // after a failure
		SecondOpinion atomic.Int64 // after a refusal: at another replica, or whether a bare 404 is one
		Split         atomic.Int64 // of a batch that went on in parts, but for the part that is a retry
		Probe         atomic.Int64 // of a replica that was left out, beside the batch
		Learn         atomic.Int64 // by the other door
		Renewal       atomic.Int64 // with a token that was renewed
	}

	// Outcomes counts the attempts of checks and of forwards that ended, by what they meant for their replica.
	Outcomes [balancer.Shed + 1]atomic.Int64

	// Failures counts those of them that are a [balancer.Failure] by kind.
	Failures [attempt.Faults]atomic.Int64

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

// BudgetMax is the most that Budget grows to.
func (c *Carrier) BudgetMax() float64 { return budgetMost }

// BudgetRefusals is how often an extra attempt was not made since the budget was used up.
func (c *Carrier) BudgetRefusals() int64 { return c.budget.refused.Load() }

// Sizes counts batches by the power of two that their size is at most: 1, 2, 4, … 1024.
type Sizes [11]atomic.Int64

func (s *Sizes) count(size int) { s[min(bits.Len(uint(size-1)), len(s)-1)].Add(1) }
