package delivery

import (
	"sync"
	"sync/atomic"
	"time"
)

// budget is the one token bucket that all extra attempts come from: a share of the batches and a floor of 10 a second, as
// in Finagle's RetryBudget. Whatever fails, MS2 is not offered more than that on top.
//
// Splits draw from its upper half alone: what they bring can wait, and one who sends what MS2 refuses must not use up what others
// need to get past a replica that fails.
type budget struct {
	share   float64      // tokens for each batch
	onEmpty func()       // called without the lock each time that a take is refused; nil for none
	refused atomic.Int64 // takes

	mu     sync.Mutex // locked for a whole method, by defer
	tokens float64    // guarded by mu
	filled time.Time  // guarded by mu
}

const (
	budgetFloor = 10             // tokens a second
	budgetMost  = 100            // tokens: what the floor gives in ten seconds
	budgetHalf  = budgetMost / 2 // where the upper half begins
)

func newBudget(share float64, onEmpty func()) *budget {
	return &budget{share: share, onEmpty: onEmpty, tokens: budgetMost, filled: time.Now()}
}

// deposit adds the share of one batch.
func (b *budget) deposit() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fillLocked()
	b.tokens = min(budgetMost, b.tokens+b.share)
}

// take takes a token for each of n extra attempts, if there are as many.
func (b *budget) take(n int) bool { return b.takeAbove(0, n) || b.refuse() }

// takeUpper takes a token for each of n extra attempts, if the upper half holds as many.
func (b *budget) takeUpper(n int) bool { return b.takeAbove(budgetHalf, n) || b.refuse() }

// refuse counts and tells that extra attempts are not made, and returns false.
func (b *budget) refuse() bool {
	b.refused.Add(1)
	if b.onEmpty != nil {
		b.onEmpty()
	}
	return false
}

func (b *budget) takeAbove(level float64, n int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fillLocked()
	if b.tokens-level < float64(n) {
		return false
	}
	b.tokens -= float64(n)
	return true
}

// untilUpper is how long it takes at most until the upper half holds n tokens, if nobody takes any.
func (b *budget) untilUpper(n int) time.Duration {
	missing := budgetHalf + float64(n) - b.balance()
	return max(time.Millisecond, time.Duration(missing/budgetFloor*float64(time.Second)))
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

// awaitTokens takes n tokens for a split, and waits for them as long as the callers would, out of the way of others.
func (c *Carrier) awaitTokens(t *trail, n int) bool {
	for first := true; !c.budget.takeAbove(budgetHalf, n); first = false {
		if first {
			t.makeWay()
		}
		pause := c.budget.untilUpper(n)
		if pause >= t.batch.Remaining() || !t.wait(pause, nil) {
			return c.budget.refuse()
		}
	}
	return true
}
