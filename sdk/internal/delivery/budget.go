package delivery

import (
	"sync"
	"time"
)

// budget is the one token bucket that all extra attempts come from: a share of the batches and a floor of 10 a second, as
// in Finagle's RetryBudget. Whatever fails, MS2 is not offered more than that on top.
type budget struct {
	share float64 // tokens for each batch

	mu     sync.Mutex // locked for a whole method, by defer
	tokens float64    // guarded by mu
	filled time.Time  // guarded by mu
}

const (
	budgetFloor = 10  // tokens a second
	budgetMost  = 100 // tokens: what the floor gives in ten seconds
)

func newBudget(share float64) *budget {
	return &budget{share: share, tokens: budgetMost, filled: time.Now()}
}

// deposit adds the share of one batch.
func (b *budget) deposit() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fillLocked()
	b.tokens = min(budgetMost, b.tokens+b.share)
}

// take takes a token for each of n extra attempts, if there are as many.
func (b *budget) take(n int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fillLocked()
	if b.tokens < float64(n) {
		return false
	}
	b.tokens -= float64(n)
	return true
}

// balance is the number of extra attempts that may be made now.
func (b *budget) balance() float64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fillLocked()
	return b.tokens
}

func (b *budget) fillLocked() {
	now := time.Now()
	b.tokens = min(budgetMost, b.tokens+budgetFloor*now.Sub(b.filled).Seconds())
	b.filled = now
}
