package sdk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v4"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk/internal/attempt"
)

// batch is the flights that one HTTP request carries.
type batch struct {
	ctx     context.Context // ends when the last check has left, or the client closes
	cancel  context.CancelFunc
	flights []*flight // those without a result; only the goroutine that sends the batch changes it
	live    int       // those of them that somebody waits for; guarded by the collector's mu

	trail
	queue  *queue                    // that it was taken from and has a place in; nil when it made way
	waited bool                      // its checks had to: the line was full
	apart  bool                      // its one SID fell by itself before
	pauses backoff.BackOff           // between its attempts; nil until one is needed
	last   atomic.Pointer[CallError] // the last attempt, the one under way included
}

// trail is what a batch has been through; its parts go on from there.
type trail struct {
	attempts int           // all, for the error
	failures int           // those that failed, of which there may be so many
	tried    []string      // IDs of the replicas that failed it
	before   error         // of the last attempt that brought an answer or was the replica's failure; nil for none
	doubt    bool          // an answer made no sense: ask without the versions held
	paused   int           // times
	took     time.Duration // the last attempt
	fell     int           // attempts at which a replica fell over with the batch in its hands
	answered int64         // batches of anybody, when it first fell
}

// items are the checks as the attempt sends them.
func (b *batch) items() []attempt.Item {
	items := make([]attempt.Item, len(b.flights))
	for i, f := range b.flights {
		items[i].SID = f.sid
		if !b.doubt {
			items[i].Held = f.held
		}
	}
	return items
}

var errNoAnswerYet = errors.New("it has not answered yet")

// asking describes an attempt that is under way.
func (b *batch) asking(lease *balancer.Lease) *CallError {
	err := errNoAnswerYet
	if b.before != nil {
		err = fmt.Errorf("%w; before that: %w", err, b.before)
	}
	return &CallError{Replica: lease.Instance().Addr, Attempts: b.attempts, Err: err}
}

// failure is the error of the last attempt, or err itself when none was made.
func (b *batch) failure(err error) *CallError {
	e := &CallError{Attempts: b.attempts, Err: err}
	if last := b.last.Load(); last != nil {
		e.Replica, e.Status = last.Replica, last.Status
	}
	return e
}

// batchLocked makes a batch of flights that somebody waits for.
func (c *collector) batchLocked(flights []*flight) *batch {
	b := &batch{flights: flights, live: len(flights)}
	c.batches[b] = true
	b.ctx, b.cancel = context.WithCancel(c.ctx)
	now := time.Now()
	for _, f := range flights {
		f.phase, f.batch, f.sentAt = sent, b, now
	}
	if len(flights) == 1 && c.isApartLocked(flights[0].sid) {
		b.apart, b.fell = true, suspectAfter
	}
	return b
}

// divide makes batches of at most size flights out of one, without those that nobody waits for any more.
func (c *collector) divide(b *batch, size int) []*batch {
	c.mu.Lock()
	defer c.unlock()
	var parts []*batch
	var part []*flight
	for i, f := range b.flights {
		if f.waiters > 0 {
			part = append(part, f)
		} else {
			c.finishLocked(f, nil, errAbandoned)
		}
		if len(part) == size || i == len(b.flights)-1 && len(part) > 0 {
			next := c.batchLocked(part)
			next.trail = b.trail
			next.tried = slices.Clone(b.tried)
			next.last.Store(b.last.Load())
			parts, part = append(parts, next), nil
		}
	}
	b.flights = nil
	return parts
}

// remaining is how long the most patient check of a batch will still wait.
func (c *collector) remaining(b *batch) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	var deadline time.Time
	for _, f := range b.flights {
		if f.waiters > 0 {
			deadline = later(deadline, f.deadline)
		}
	}
	return time.Until(deadline)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
