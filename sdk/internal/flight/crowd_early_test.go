package flight

import (
	"testing"
	"time"

	"ms2.internal/lb/sdk/internal/cache"
)

// earlyCrowd is a batch of a flight that holds what may be stale, and of one that does not.
func earlyCrowd(t *testing.T) (c *crowd, held, bare *flight) {
	t.Helper()
	c = newCrowd(t, 0, func(*Batcher) {})
	t.Cleanup(func() { close(c.release) })
	held, bare = c.batch.flights[0], &flight{sid: "bare", began: time.Now(), batch: c.batch, phase: sent}
	held.held = &cache.Entry{Valid: true, Asked: time.Now().Add(-time.Second), IfError: time.Hour}
	c.batcher.live[bare.sid] = bare
	return c, held, bare
}

// overtakes fails the test if a waiter had to pass many others of its list to find its place.
func overtakes(t *testing.T, w *Waiter) {
	t.Helper()
	passed := 0
	for next := w.next; next != nil; next = next.next {
		if passed++; passed > 10 {
			t.Fatal("it walked past more than 10 others")
		}
	}
}

// patience is how long the callers of a crowd wait, those for the first half of it by a context of their own.
var patience = []time.Duration{150 * time.Millisecond, 20 * time.Millisecond, time.Second, 2 * time.Second, 2 * time.Second, 2 * time.Second}

func TestJoiningTakesConstantTimeWhoeverHoldsWhatAndWaitsForHowLong(t *testing.T) {
	c, held, bare := earlyCrowd(t)
	c.batcher.mu.Lock()
	defer c.batcher.mu.Unlock()
	for i := range 10_000 {
		now := time.Now()
		q := &Question{Began: now, Deadline: now.Add(patience[i%len(patience)]), OwnTime: i%len(patience) < 3}
		f := held
		if i%2 == 0 {
			f = bare
		}
		overtakes(t, c.batcher.waitLocked(f, q))
	}
}

func TestGoingOnPastAnEarlyDeadlineTakesConstantTimeToo(t *testing.T) {
	c, held, bare := earlyCrowd(t)
	var early []*Waiter
	c.batcher.mu.Lock()
	for i := range 10_000 {
		began := time.Now().Add(-2*time.Second + time.Duration(i)*100*time.Microsecond)
		q := &Question{Began: began, Deadline: began.Add(2 * time.Second)}
		early = append(early, c.batcher.waitLocked(held, q))
		c.batcher.waitLocked(bare, q)
	}
	c.batcher.mu.Unlock()
	for _, w := range early {
		w.runsShort()
		overtakes(t, w)
	}
}
