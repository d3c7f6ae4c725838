package delivery

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/internal/cache"
)

// Attempt is what is known of the last attempt at a batch, the one under way included.
type Attempt struct {
	// Failure is what came of the batch so far.
	Failure Failure

	carrier *Carrier
	replica string // its ID
	work    int
	began   time.Time
	probe   bool
	stage   atomic.Int32
}

// The stages of an attempt.
const (
	awaited  = iota // somebody waits for it
	deserted        // nobody does any more, and it runs on
	over
)

// attempt sends items of the batch to the leased replica. why counts what it is for; nil for what the batch goes on for.
func (c *Carrier) attempt(t *trail, lease *balancer.Lease, door cache.Door, items []attempt.Item, why *atomic.Int64) attempt.Reply {
	if t.deserted {
		return attempt.Reply{Next: attempt.GaveUp, Err: errDeserted, Skipped: true}
	}
	ctx, cancel := context.WithTimeoutCause(t.batch.Context(), c.options.AttemptTimeout, attempt.ErrAttemptTimeout)
	defer cancel()
	c.counters.Attempts.Add(1)
	if t.attempts++; t.attempts > 1 {
		c.counters.Retries.Add(1)
		cmp.Or(why, t.extra).Add(1)
	}
	a := t.asking(c, lease, len(items))
	reply := c.sender.Send(ctx, lease.Instance(), door, items, c.told(t, lease))
	t.took = c.timed(a.replica, a.began, reply)
	c.counters.Unasked.Add(int64(reply.Unasked))
	if !a.stage.CompareAndSwap(awaited, over) {
		t.deserted = true
		c.runsOn.end(a)
	}
	t.note(lease, reply)
	return reply
}

// told is how long the replica is told that the answer is waited for, as far as is known: others may join who wait longer, and
// a probe is waited for whatever its callers do.
func (c *Carrier) told(t *trail, lease *balancer.Lease) time.Duration {
	if lease.Probe() {
		return c.options.AttemptTimeout
	}
	return min(c.options.AttemptTimeout, t.batch.Remaining())
}

var errNoAnswerYet = errors.New("it has not answered yet")

// asking notes an attempt that is under way.
func (t *trail) asking(c *Carrier, lease *balancer.Lease, work int) *Attempt {
	err := errNoAnswerYet
	if t.before != nil {
		err = fmt.Errorf("%w; before that: %w", err, t.before)
	}
	a := &Attempt{carrier: c, replica: lease.Instance().ID, work: work, began: time.Now(), probe: lease.Probe()}
	a.Failure = Failure{Replica: lease.Instance().Addr, Attempts: t.attempts, Cause: t.cause, Err: err}
	t.batch.Note(a)
	t.last = &a.Failure
	return a
}

// note remembers what an attempt says of its replica, for the next and for errors.
func (t *trail) note(lease *balancer.Lease, reply attempt.Reply) {
	if reply.Err == nil || reply.Next == attempt.GaveUp {
		return
	}
	t.before, t.cause = reply.Err, reply.Cause
	a := ended(Failure{Replica: lease.Instance().Addr, Status: reply.Status, Attempts: t.attempts, Cause: reply.Cause, Err: reply.Err})
	t.batch.Note(a)
	t.last = &a.Failure
}

// ended is an attempt that is over.
func ended(f Failure) *Attempt {
	a := &Attempt{Failure: f}
	a.stage.Store(over)
	return a
}

// extra is the context of a request beside the batch's own attempts, which it counts, and what it is for.
func (c *Carrier) extra(parent context.Context, why *atomic.Int64) (context.Context, context.CancelFunc) {
	c.counters.Attempts.Add(1)
	c.counters.Retries.Add(1)
	why.Add(1)
	return context.WithTimeoutCause(parent, c.options.AttemptTimeout, attempt.ErrAttemptTimeout)
}

// An attempt whose last caller has left is cancelled while it is younger than requests take in the median: it says nothing of its
// replica. An older one runs on to its own timeout, a few for each replica, so that it has a result: a replica that hangs is found
// out though no caller is as patient as an attempt. Nobody joins it; what it brings is kept.

const (
	runOnMost    = 2                     // for each replica
	runOnUnknown = 10 * time.Millisecond // the age from which on, while no median is known
)

var errDeserted = errors.New("nobody waits for it any more")

// RunsOn reports whether the attempt goes on though nobody waits for it any more; else it is to be cancelled. It does not block.
func (a *Attempt) RunsOn() bool {
	if a.stage.Load() != awaited {
		return false
	}
	c := a.carrier
	typical := c.balancer.Typical(a.work)
	if typical == 0 {
		typical = runOnUnknown
	}
	if !a.probe && (time.Since(a.began) < typical || !c.runsOn.begin(a)) {
		return false
	}
	if a.stage.CompareAndSwap(awaited, deserted) {
		return true
	}
	c.runsOn.end(a)
	return false
}

// runsOn counts the attempts of each replica that run on. A probe of a replica that is left out is one more.
type runsOn struct {
	mu sync.Mutex
	of map[string]int // guarded by mu; by the replica's ID
}

func (r *runsOn) begin(a *Attempt) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.of == nil {
		r.of = map[string]int{}
	}
	if r.of[a.replica] >= runOnMost {
		return false
	}
	r.of[a.replica]++
	return true
}

func (r *runsOn) end(a *Attempt) {
	if a.probe {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.of[a.replica]--; r.of[a.replica] <= 0 {
		delete(r.of, a.replica)
	}
}
