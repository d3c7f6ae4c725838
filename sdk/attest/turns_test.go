package attest

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// check is how long a signature takes in these tests.
const check = 40 * time.Microsecond

// bad checks a bad signature.
func (t *turns) bad() {
	t.good()
	t.yield()
}

// good checks a good one.
func (t *turns) good() {
	t.take()
	<-time.After(check)
	t.give()
}

func TestOneWhoComesAloneWaitsForATurnOrTwoBesideAFlood(t *testing.T) {
	for _, cores := range []int{1, 4} {
		synctest.Test(t, func(t *testing.T) {
			line := &turns{free: cores}
			var checked atomic.Int64
			var over atomic.Bool
			var flood sync.WaitGroup
			for range 64 {
				flood.Go(func() {
					for !over.Load() {
						line.bad()
						checked.Add(1)
					}
				})
			}
			<-time.After(64 * check)
			for range 100 {
				<-time.After(700 * time.Microsecond)
				if took := duration(line.good); took > 3*check {
					t.Errorf("%d at once: it took %v", cores, took)
				}
			}
			if most := int64(cores) * int64(100*700*time.Microsecond/check); checked.Load() < most*8/10 {
				t.Errorf("%d at once: the flood was held up, %d of %d checked", cores, checked.Load(), most)
			}
			over.Store(true)
			flood.Wait()
			if line.free != cores || len(line.waiting)+len(line.yielding) != 0 {
				t.Errorf("left over: %+v", line)
			}
		})
	}
}

func duration(do func()) time.Duration {
	began := time.Now()
	do()
	return time.Since(began)
}

func TestABadSignatureOfOneWhoIsAloneIsRefusedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		line := &turns{free: 1}
		for range 10 {
			if took := duration(line.bad); took != check {
				t.Errorf("it took %v", took)
			}
		}
	})
}

func TestABadSignatureWaitsForOthersForFiftyMillisecondsAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		line := &turns{free: 1}
		var over atomic.Bool
		var others sync.WaitGroup
		for range 2 { // one waits whenever the other has its turn
			others.Go(func() {
				for !over.Load() {
					line.good()
				}
			})
		}
		synctest.Wait()
		if took := duration(line.bad); took < 50*time.Millisecond || took > 50*time.Millisecond+3*check {
			t.Errorf("it took %v", took)
		}
		line.mu.Lock()
		if n := len(line.yielding); n != 0 {
			t.Errorf("%d are still in line", n)
		}
		line.mu.Unlock()
		over.Store(true)
		others.Wait()
	})
}

func TestTurnsAreGivenInOrderAndNoMoreThanThereAre(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		line := &turns{free: 3}
		var mu sync.Mutex
		var order []int
		now, most := 0, 0
		var all sync.WaitGroup
		for i := range 30 {
			all.Go(func() {
				line.take()
				mu.Lock()
				now++
				order, most = append(order, i), max(most, now)
				mu.Unlock()
				<-time.After(check + time.Duration(i))
				mu.Lock()
				now--
				mu.Unlock()
				line.give()
			})
			synctest.Wait()
		}
		all.Wait()
		if !slices.IsSorted(order) || len(order) != 30 || most != 3 || line.free != 3 || len(line.waiting) != 0 {
			t.Errorf("order %v, %d at once, %d free, %d wait", order, most, line.free, len(line.waiting))
		}
	})
}
