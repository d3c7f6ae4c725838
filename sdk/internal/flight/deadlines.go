package flight

import "time"

// deadlines are those of the checks that wait for a batch or its parts, and that no context ends. Nearly all come in the
// order of their deadlines, give or take orderSlack, since all have the same patience: joining takes constant time, and so does
// leaving. The zero value works.
//
// Once it is stopped nobody touches its links any more: a waiter is then free for its next use without having left.
//
// Guarded by Batcher.mu.
type deadlines struct {
	first, last *Waiter // in the order of their deadlines
	stopped     bool
}

// orderSlack is by how much deadlines may be out of order, and passed late for it. In a crowd many checks overtake each other
// between the reading of the clock and the lock; to put each in its exact place would walk past hundreds.
const orderSlack = 10 * time.Millisecond

// add takes a waiter in.
func (d *deadlines) add(w *Waiter) {
	before := d.last
	for before != nil && before.deadline.Sub(w.deadline) > orderSlack {
		before = before.prior
	}
	w.deadlines, w.prior = d, before
	if before == nil {
		w.next, d.first = d.first, w
	} else {
		w.next, before.next = before.next, w
	}
	if w.next == nil {
		d.last = w
	} else {
		w.next.prior = w
	}
}

// remove takes a waiter out, if it is in.
func (d *deadlines) remove(w *Waiter) {
	if d == nil || d.stopped {
		return
	}
	if w.prior == nil {
		d.first = w.next
	} else {
		w.prior.next = w.next
	}
	if w.next == nil {
		d.last = w.prior
	} else {
		w.next.prior = w.prior
	}
	w.deadlines, w.prior, w.next = nil, nil, nil
}

// pass wakes the waiters whose deadline has passed, and returns the first that has not; the zero time for none.
func (d *deadlines) pass(now time.Time) time.Time {
	for d.first != nil && !d.first.deadline.After(now) {
		w := d.first
		d.remove(w)
		w.expired <- struct{}{} // has room: a waiter is in here once
	}
	if d.first == nil {
		return time.Time{}
	}
	return d.first.deadline
}

// wakeLanded wakes the waiters whose flights have landed, as if their time were over: singleflight tells nobody of a call whose
// goroutine exited.
func (d *deadlines) wakeLanded() {
	for w := d.first; w != nil; {
		next := w.next
		if w.flight.phase == over {
			d.remove(w)
			w.expired <- struct{}{}
		}
		w = next
	}
}

// stop ends them all.
func (d *deadlines) stop() { d.first, d.last, d.stopped = nil, nil, true }

// alarm is the one timer of all deadlines. It stays as it is when the check that it was set for leaves, and is set for the
// first that is left when it goes off. Guarded by Batcher.mu.
type alarm struct {
	timer *time.Timer
	at    time.Time // zero when it is not set
}

// set has the alarm go off at a time, if that is sooner.
func (a *alarm) set(at time.Time) {
	if a.at.IsZero() || at.Before(a.at) {
		a.at = at
		a.timer.Reset(time.Until(at))
	}
}

// expire ends the waiting of checks whose time is over.
func (b *Batcher) expire() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return // all checks end by themselves, and no timer survives
	}
	now := time.Now()
	b.alarm.at = time.Time{}
	for t := range b.trips {
		for _, list := range t.lists() {
			if next := list.pass(now); !next.IsZero() {
				b.alarm.set(next)
			}
		}
	}
}
