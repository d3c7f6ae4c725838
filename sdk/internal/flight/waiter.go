package flight

import (
	"context"
	"time"

	"golang.org/x/sync/singleflight"

	"ms2.internal/lb/sdk/internal/cache"
	"ms2.internal/lb/sdk/internal/delivery"
)

// Waiter is a check that waits for its flight. It is for one goroutine, which ends with [Waiter.Release].
type Waiter struct {
	batcher *Batcher
	flight  *flight
	batch   *batch                     // whose end it waits for
	result  <-chan singleflight.Result // of that batch
	offer   <-chan struct{}            // closed once the batch failed; nil when nothing is held that could be answered
	expired chan struct{}              // gets a token once the deadline has passed
	timeout <-chan struct{}            // expired; nil when the caller's context ends by itself
	short   <-chan time.Time           // of timer; nil when that is not set
	timer   *time.Timer                // of an early deadline before that of the caller's context; nil until the first

	// Guarded by Batcher.mu.
	deadline    time.Time  // the next
	last        time.Time  // the caller's own, where deadline comes before it; zero when its context ends by itself
	early       bool       // a deadline before the caller's has not passed
	deadlines   *deadlines // that it is in; nil for none
	prior, next *Waiter    // there
}

// Event is what a waiter waited for.
type Event int

// What may come first.
const (
	Landed    Event = iota // the flight has ended: see Result
	Offered                // asking failed once, or time runs short, and Held may be answered meanwhile
	Expired                // the deadline has passed
	Cancelled              // the caller's context has ended
)

// Wait returns what comes first. After Offered it may be called again.
func (w *Waiter) Wait(ctx context.Context) Event {
	for {
		select {
		case end := <-w.result:
			if end.Val == nil || w.follow() {
				return Landed
			}
		case <-w.offer:
			if w.takesOffer() {
				return Offered
			}
		case <-w.timeout:
			switch early, offered := w.runsShort(); {
			case offered:
				return Offered
			case !early:
				return Expired
			}
		case <-w.short:
			if _, offered := w.runsShort(); offered {
				return Offered
			}
		case <-ctx.Done():
			return Cancelled
		}
	}
}

// follow joins the part that the flight went on in, and reports whether it has ended instead.
func (w *Waiter) follow() (landed bool) {
	if landed = w.move(); !landed {
		w.share()
	}
	return landed
}

// takesOffer reports whether what is held may be answered now. It may not once the flight has landed: a newer answer, which others
// were told, wins.
func (w *Waiter) takesOffer() bool {
	w.batcher.mu.Lock()
	defer w.batcher.mu.Unlock()
	w.offer = nil
	f := w.flight
	if f.phase != over && !f.failed {
		w.offer = f.batch.offerLocked()
	}
	return f.phase != over && f.offered()
}

// runsShort reports whether a deadline that has passed came before the caller's own, which is then the next, and whether what
// is held may be answered: nobody waits out his time for a replica that hangs while MS2 allows to be answered from before.
func (w *Waiter) runsShort() (early, offered bool) {
	b := w.batcher
	b.mu.Lock()
	defer b.mu.Unlock()
	if !w.early {
		return false, false
	}
	w.early, w.timeout, w.short = false, nil, nil
	f := w.flight
	if f.phase == over {
		return true, false
	}
	if !w.last.IsZero() {
		w.awaitLocked(&f.batch.trip.final, w.last)
	}
	b.offerHeldLocked(f, time.Now())
	return true, f.offered()
}

// move has the waiter wait for the part that its flight is in, and reports whether the flight has ended instead.
func (w *Waiter) move() (landed bool) {
	w.batcher.mu.Lock()
	defer w.batcher.mu.Unlock()
	if w.flight.phase == over {
		w.deadlines.remove(w)
		return true
	}
	w.joinLocked()
	return false
}

// joinLocked has the waiter wait for the batch that its flight is in. The lock given back, it shares the batch's call.
func (w *Waiter) joinLocked() {
	w.batch = w.flight.batch
	w.batch.beginsLocked()
	w.result, w.offer = w.batch.spareLocked(), nil
	switch {
	case w.flight.failed:
		w.offer = closed
	case w.flight.held != nil:
		w.offer = w.batch.offerLocked()
	}
}

// share joins the call of the batch, unless it took the channel of one who left.
func (w *Waiter) share() {
	if w.result == nil {
		w.result = w.batch.share()
	}
}

// closed is the channel of what failed before.
var closed = func() <-chan struct{} {
	ch := make(chan struct{})
	close(ch)
	return ch
}()

// waitLocked registers a check that waits for a flight.
func (b *Batcher) waitLocked(f *flight, q *Question) *Waiter {
	w := b.waiters.Get().(*Waiter)
	f.awaitLocked(q.Deadline)
	w.flight = f
	w.joinLocked()
	t := w.batch.trip
	w.early = f.held != nil && !q.Fresh && f.mayOffer(q.Began)
	switch early := q.Deadline.Add(-q.margin()); {
	case w.early && q.OwnTime:
		w.alarm(early)
	case w.early:
		w.last = q.Deadline
		w.awaitLocked(&t.early, early)
	case !q.OwnTime:
		w.awaitLocked(&t.deadlines, q.Deadline)
	}
	return w
}

// awaitLocked has the waiter woken at a deadline.
func (w *Waiter) awaitLocked(list *deadlines, deadline time.Time) {
	w.deadline, w.timeout = deadline, w.expired
	list.add(w)
	w.batcher.alarm.set(deadline)
}

// alarm has the waiter woken early by a timer of its own. Contexts end in any order: in a list each would have to find its place.
func (w *Waiter) alarm(early time.Time) {
	if w.timer == nil {
		w.timer = time.NewTimer(time.Until(early))
	} else {
		w.timer.Reset(time.Until(early))
	}
	w.short = w.timer.C
}

// Result is what came of a flight that has landed: an entry, or an error and whether Held may be answered instead.
func (w *Waiter) Result() (e *cache.Entry, offered bool, err error) {
	return w.flight.entry, w.flight.err != nil && w.flight.offered(), w.flight.err
}

// Held is what was believed before the flight; nil for nothing.
func (w *Waiter) Held() *cache.Entry {
	w.batcher.mu.Lock()
	defer w.batcher.mu.Unlock()
	return w.flight.held // of a flight that gathers it may be forgotten meanwhile
}

// Leave gives up the place, late if the caller's time is over. It reports whether the flight has landed all the same, else whether
// Held may be answered, and what the last attempt was, nil for none.
//
// The last to leave a flight that gathers ends it, the last to leave a batch cancels it, unless its attempt runs on; a flight that nobody waits for while
// its batch goes on may be joined again. What a batch does for one who leaves takes constant time.
func (w *Waiter) Leave(late bool) (landed, offered bool, last *delivery.Failure) {
	w.batcher.mu.Lock()
	defer w.batcher.mu.Unlock()
	f := w.flight
	w.deadlines.remove(w)
	if f.phase == over {
		return true, false, nil
	}
	if w.batch == f.batch { // its channel is the next one's, so that channels are no more than checks that wait at once
		f.batch.spare = append(f.batch.spare, w.result)
	}
	if a := f.batch.last.Load(); a != nil {
		last = &a.Failure
	}
	if late {
		w.batcher.offerHeldLocked(f, time.Now())
	}
	w.batcher.leaveLocked(f)
	return false, f.offered(), last
}

// Release gives the waiter back. Its flight has landed, or it has left.
func (w *Waiter) Release() {
	select {
	case <-w.expired: // it passed in the same moment
	default:
	}
	if w.timer != nil {
		w.timer.Stop() // nothing can be received from it after this
	}
	w.flight, w.batch, w.result, w.offer, w.timeout, w.short, w.last = nil, nil, nil, nil, nil, nil, time.Time{}
	w.deadlines, w.prior, w.next = nil, nil, nil
	w.batcher.waiters.Put(w)
}
