package sdk

import (
	"context"
	"errors"
	"math"
	"time"

	"ms2.internal/lb/sdk/internal/cache"
)

// How flights end. All of it happens under the lock that guards joining.

// errAbandoned ends a flight that nobody waits for; nobody sees it.
var errAbandoned = errors.New("nobody waits for it any more")

// settle ends the flights of a batch that got an entry, and keeps the entry unless it was invalidated meanwhile.
func (c *collector) settle(b *batch, entries []*cache.Entry) {
	if entries == nil {
		return
	}
	c.mu.Lock()
	defer c.unlock()
	rest, now, sum := b.flights[:0], time.Now(), 0.0
	for i, f := range b.flights {
		if entries[i] != nil {
			c.finishLocked(f, entries[i], nil)
			sum += math.Log(max(1, float64(now.Sub(f.began))))
		} else {
			rest = append(rest, f)
		}
	}
	if answered := len(b.flights) - len(rest); answered > 0 {
		c.line.limit.observe(b.waited, answered, sum)
	}
	b.flights = rest
}

// fail ends all flights of a batch that are left.
func (c *collector) fail(b *batch, err error) {
	c.mu.Lock()
	defer c.unlock()
	c.failLocked(b, err)
	b.flights = nil
}

func (c *collector) failLocked(b *batch, err error) {
	for _, f := range b.flights {
		c.finishLocked(f, nil, err)
	}
}

// offerHeld lets the checks of a batch that failed once have what was believed before, where MS2 allows that. The batch
// goes on behind them.
func (c *collector) offerHeld(b *batch, patience time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.makeWayLocked(b)
	c.flushLocked()
	now := time.Now()
	for _, f := range b.flights {
		if f.offered || !f.offers(now) {
			continue
		}
		f.held.Fail()
		if f.waiters > 0 {
			f.waiters++ // the refresh itself, which does not leave
			f.deadline = later(f.deadline, now.Add(patience))
		}
		f.offered = true
		c.waiters.offer(f)
	}
}

// offers says that what was held may be answered meanwhile: nothing newer came since, and it was not forgotten.
func (f *flight) offers(now time.Time) bool {
	return f.held != nil && f.held.Asked.After(f.since) && f.held.Usable(now)
}

// refuse ends all flights of a batch that are left with an answer that must not be hidden behind what was believed
// before: from now on that is no longer answered on the strength of an earlier failure.
func (c *collector) refuse(b *batch, err error) {
	for _, f := range b.flights {
		if f.held != nil {
			f.held.Recover()
		}
	}
	c.fail(b, err)
}

// leave gives up a check's place. The last to leave a flight that gathers ends it, the last to leave a batch cancels it;
// a flight that nobody waits for while its batch goes on may be joined again. It returns the last attempt.
func (c *collector) leave(w *waiter) *CallError {
	c.mu.Lock()
	defer c.unlock()
	c.waiters.leave(w)
	f := w.flight
	f.waiters--
	var last *CallError
	if f.batch != nil {
		last = f.batch.last.Load()
	}
	if f.waiters > 0 || f.phase == over {
		return last
	}
	if f.phase == gathering {
		c.line.leave(f)
		c.finishLocked(f, nil, errAbandoned)
	} else if f.batch.live--; f.batch.live == 0 {
		c.cancelLocked(f.batch)
	}
	return last
}

// cancelLocked ends the work on a batch that nobody waits for. A probe of a breaker goes on, and what it brings is not
// kept, since nobody could invalidate it.
func (c *collector) cancelLocked(b *batch) {
	for _, f := range b.flights {
		f.forgets = true
		c.endLocked(f)
	}
	b.cancel()
}

// finishLocked ends a flight.
func (c *collector) finishLocked(f *flight, e *cache.Entry, err error) {
	if f.phase == over {
		return
	}
	if f.batch != nil && f.waiters > 0 {
		f.batch.live--
	}
	f.phase, f.entry, f.err = over, e, err
	if e != nil {
		c.keepLocked(f)
	}
	c.endLocked(f)
	c.waiters.land(f)
}

// keepLocked keeps what a flight brought; what must not be kept still ends what is older.
func (c *collector) keepLocked(f *flight) {
	f.entry.Spread(f.place)
	if f.forgets || !f.entry.Asked.After(f.since) {
		c.cache.Outdate(f.sid, f.entry.Asked)
	} else {
		c.cache.Put(f.sid, f.entry)
	}
	c.outdateLocked(f.sid, f.entry.Asked.Add(-1)) // of two asked for at once either may be kept
}

// invalidate forgets verdicts, those on their way included.
func (c *collector) invalidate(sids []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	for _, sid := range sids {
		c.cache.Forget(sid)
		if f := c.live[sid]; f != nil && f.phase == gathering {
			f.held = nil // it will be asked after this, but not by the version forgotten
		} else if f != nil {
			c.detachLocked(f)
		}
		c.outdateLocked(sid, now)
	}
}

// over ends what is left of a batch that was carried as far as it goes.
func (c *collector) over(b *batch, err error) {
	b.cancel()
	c.mu.Lock()
	defer c.unlock()
	delete(c.batches, b)
	c.failLocked(b, err)
}

// close ends all flights, those under way too: what a hook of the adopter's holds up must not hold up the checks.
func (c *collector) close() {
	c.mu.Lock()
	defer c.unlock()
	c.closed = true
	c.waiters.timer.Stop()
	for _, q := range []*queue{&c.line.single, &c.line.large} {
		for _, f := range q.flights {
			if f.phase == gathering {
				c.finishLocked(f, nil, ErrClosed)
			}
		}
		q.flights, q.waiting = nil, 0
	}
	for b := range c.batches {
		c.failLocked(b, ErrClosed)
	}
}

// expire ends the waiting of checks whose time is over.
func (c *collector) expire() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiters.expire(time.Now())
}

// wait waits for the senders, until ctx ends.
func (c *collector) wait(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		c.goroutine.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return errors.New("a request did not end")
	}
}
