package delivery

import (
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// holds fails the test unless the budget has that many tokens.
func (b *budget) holds(t *testing.T, want float64) {
	t.Helper()
	if got := b.balance(); math.Abs(got-want) > 1e-6 {
		t.Errorf("%v tokens, want %v", got, want)
	}
}

// gives fails the test unless a take was granted, or refused.
func gives(t *testing.T, got, want bool) {
	t.Helper()
	if got != want {
		t.Errorf("granted: %t, want %t", got, want)
	}
}

func TestTheBudgetBeginsFullAndFillsByTenASecondUpToAHundred(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(0.2, nil)
		b.holds(t, 100)
		gives(t, b.take(100), true)
		gives(t, b.take(1), false)
		<-time.After(99 * time.Millisecond)
		gives(t, b.take(1), false)
		<-time.After(2 * time.Millisecond)
		gives(t, b.take(1), true)
		<-time.After(3 * time.Second)
		b.holds(t, 30.01)
		<-time.After(time.Hour)
		b.holds(t, 100)
	})
}

func TestABatchBringsTheBudgetItsShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(0.25, nil)
		b.deposit()
		b.holds(t, 100)
		b.take(100)
		for range 8 {
			b.deposit()
		}
		b.holds(t, 2)
		gives(t, b.take(3), false) // all or none
		gives(t, b.take(2), true)
		b.holds(t, 0)
	})
}

func TestTheUpperHalfIsAllThatSplitsMayDrawFrom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(0.2, nil)
		gives(t, b.takeUpper(51), false)
		gives(t, b.takeUpper(49), true)
		gives(t, b.takeUpper(2), false)
		gives(t, b.takeUpper(1), true)
		gives(t, b.takeUpper(1), false)
		b.holds(t, 50)
		gives(t, b.take(50), true)
		<-time.After(5 * time.Second)
		gives(t, b.takeUpper(1), false)
		<-time.After(101 * time.Millisecond)
		gives(t, b.takeUpper(1), true)
	})
}

func TestUntilTheUpperHalfHoldsTokensIsAsLongAsItTakes(t *testing.T) {
	for spent, want := range map[int]time.Duration{
		100: 5200 * time.Millisecond, 50: 200 * time.Millisecond, 49: 100 * time.Millisecond, 48: time.Millisecond, 0: time.Millisecond,
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBudget(0.2, nil)
			b.take(spent)
			if got := b.untilUpper(2); (got - want).Abs() > time.Microsecond {
				t.Errorf("after %d: %v, want %v", spent, got, want)
			}
			<-time.After(b.untilUpper(2) + time.Microsecond)
			gives(t, b.takeUpper(2), true)
		})
	}
}

func TestNoMoreIsTakenAtOnceThanTheBudgetHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(0.2, nil)
		var upper, all atomic.Int32
		var group sync.WaitGroup
		for range 200 {
			group.Go(func() {
				if b.takeUpper(1) {
					upper.Add(1)
				}
			})
		}
		group.Wait()
		for range 200 {
			group.Go(func() {
				if b.take(1) {
					all.Add(1)
				}
			})
		}
		group.Wait()
		if upper.Load() != 50 || all.Load() != 50 {
			t.Errorf("%d of the upper half, then %d", upper.Load(), all.Load())
		}
	})
}

func TestARefusedTakeIsCountedAndToldOutsideOfTheLock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		told := 0
		var b *budget
		b = newBudget(0.2, func() {
			told++
			b.balance() // which locks
		})
		gives(t, b.takeUpper(50), true)
		gives(t, b.takeUpper(1), false)
		gives(t, b.take(51), false)
		gives(t, b.take(50), true)
		if told != 2 || b.refused.Load() != 2 {
			t.Errorf("told %d, refused %d", told, b.refused.Load())
		}
	})
}
