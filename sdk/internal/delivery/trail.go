package delivery

import (
	"slices"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v4"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/internal/cache"
)

// trail is a batch and what it has been through. It belongs to the goroutine that carries the batch; a part goes on from
// a copy.
type trail struct {
	caller caller         // the batch, or the forward
	batch  Batch          // nil of a forward
	items  []attempt.Item // those without a result; none of a forward

	attempts int             // all, for the error
	failures int             // those that brought nothing, of which there may be so many
	replica  string          // ID of the one that was asked last
	tried    []string        // IDs of the replicas that failed or refused it
	failed   bool            // one failed
	last     *Failure        // the last attempt, the one under way included; nil for none
	before   error           // of the last attempt that brought an answer or was the replica's failure; nil for none
	cause    attempt.Cause   // of that
	extra    *atomic.Int64   // counts what its next attempt is for, if that is not its first; nil of a forward
	doubt    bool            // an answer made no sense: ask without the versions that we hold
	deserted bool            // nobody waits any more: the attempt that was under way ran on
	paused   int             // times
	pauses   backoff.BackOff // between its attempts; nil until one is needed
	took     time.Duration   // the last attempt

	refusals []refusal // since it was last whole
	renews   bool      // an agreement is to be renewed by what it hears
	stood    opinion   // a refusal of the whole that it is a part of stands; zero for none

	fell     int   // attempts at which a replica fell over with the batch in its hands
	answered int64 // batches of anybody, when it first fell
	alone    bool  // its one SID was in quarantine

	probe func(balancer.Lease) // in the place of a probe by a check; nil of a batch

	release func() // gives back its place among the parts of a batch; nil for none
}

// asked are the items as the next attempt sends them.
func (t *trail) asked() []attempt.Item {
	if !t.doubt {
		return t.items
	}
	items := slices.Clone(t.items)
	for i := range items {
		items[i].Held = nil
	}
	return items
}

// settle ends the checks that got an entry, and reports whether any is left.
func (t *trail) settle(entries []*cache.Entry) bool {
	if entries == nil || t.batch.Settle(entries) == len(t.items) {
		return true
	}
	t.items = t.batch.Items()
	return len(t.items) > 0
}

// end ends the checks that are left with an answer that must not be hidden behind what was believed before: from now on
// that is no longer answered on the strength of an earlier failure.
func (t *trail) end(err error) {
	for _, item := range t.items {
		if item.Held != nil {
			item.Held.Recover()
		}
	}
	t.batch.Fail(err)
}

// wait pauses the batch, until done is closed if that is sooner, and reports whether the batch may go on.
func (t *trail) wait(pause time.Duration, done <-chan struct{}) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-timer.C:
		return done == nil
	case <-t.caller.Context().Done():
		return false
	}
}

// count takes in what came of the batch at a replica.
func (c *Carrier) count(t *trail, reply attempt.Reply) {
	t.doubt = t.doubt || reply.Doubt
	if reply.Next != attempt.Retry && reply.Next != attempt.Refused {
		return
	}
	t.failed = t.failed || reply.Next == attempt.Retry
	if !t.suspect() || len(t.items) == 1 { // else it is smaller the next time
		t.failures++
	}
	t.tried = append(t.tried, t.replica)
	c.lastFailure.Store(&failed{t.last, time.Now()})
}

// failure is err as the end of the batch: with the replica of the last attempt, if one was made.
func (t *trail) failure(err error) error {
	if failure, ok := err.(*Failure); ok { // of a pick
		return failure
	}
	e := &Failure{Attempts: t.attempts, Err: err}
	if t.last != nil {
		e.Replica, e.Status, e.Cause = t.last.Replica, t.last.Status, t.last.Cause
	}
	return e
}
