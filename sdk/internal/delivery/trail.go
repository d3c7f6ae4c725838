package delivery

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v4"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/internal/cache"
)

// trail is a batch and what it has been through. It belongs to the goroutine that carries the batch; a part goes on from
// a copy.
type trail struct {
	batch Batch
	items []attempt.Item // those without a result

	attempts int             // all, for the error
	failures int             // those that failed, of which there may be so many
	tried    []string        // IDs of the replicas that failed it
	last     *Failure        // the last attempt, the one under way included; nil for none
	before   error           // of the last attempt that brought an answer or was the replica's failure; nil for none
	doubt    bool            // an answer made no sense: ask without the versions that we hold
	paused   int             // times
	pauses   backoff.BackOff // between its attempts; nil until one is needed
	took     time.Duration   // the last attempt

	fell     int   // attempts at which a replica fell over with the batch in its hands
	answered int64 // batches of anybody, when it first fell
	alone    bool  // its one SID was in quarantine
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

// refuse ends the checks that are left with an answer that must not be hidden behind what was believed before: from now on
// that is no longer answered on the strength of an earlier failure.
func (t *trail) refuse(err error) {
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
	case <-t.batch.Context().Done():
		return false
	}
}

var errNoAnswerYet = errors.New("it has not answered yet")

// asking notes an attempt that is under way.
func (t *trail) asking(lease *balancer.Lease) {
	err := errNoAnswerYet
	if t.before != nil {
		err = fmt.Errorf("%w; before that: %w", err, t.before)
	}
	t.last = &Failure{Replica: lease.Instance().Addr, Attempts: t.attempts, Err: err}
	t.batch.Note(t.last)
}

// note remembers what an attempt says of its replica, for the next and for errors.
func (c *Carrier) note(t *trail, lease *balancer.Lease, reply attempt.Reply) {
	if reply.Err == nil || reply.Next == attempt.GaveUp {
		return
	}
	t.before = reply.Err
	t.last = &Failure{Replica: lease.Instance().Addr, Status: reply.Status, Attempts: t.attempts, Err: reply.Err}
	t.batch.Note(t.last)
	if reply.Next == attempt.Retry {
		if !t.suspect() || len(t.items) == 1 { // else it is smaller the next time
			t.failures++
		}
		t.tried = append(t.tried, lease.Instance().ID)
		c.lastFailure.Store(t.last)
	}
}

// failure is err as the end of the batch: with the replica of the last attempt, if one was made.
func (t *trail) failure(err error) *Failure {
	e := &Failure{Attempts: t.attempts, Err: err}
	if t.last != nil {
		e.Replica, e.Status = t.last.Replica, t.last.Status
	}
	return e
}
