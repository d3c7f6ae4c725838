package flight

import "time"

// deadlines are those of the checks that wait for a batch or its parts, and that no context ends. Nearly all come in the
// order of their deadlines, since nearly all have the same patience; leaving takes constant time. The zero value works but
// for expire.
//
// Once it is stopped nobody touches its links any more: a waiter is then free for its next use without having left.
//
// Guarded by Batcher.mu.
type deadlines struct {
	expire      func()  // called when one has passed, without the lock
	first, last *Waiter // in the order of their deadlines
	timer       *time.Timer
	armed       time.Time // for when the timer is set; zero when it is not
	stopped     bool
}

// add takes a waiter in.
func (d *deadlines) add(w *Waiter) {
	before := d.last
	for before != nil && before.deadline.After(w.deadline) {
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
	d.arm()
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

// arm sets the timer for the first deadline, unless it is set for an earlier one: that has left since, and the timer is set
// again when it fires.
func (d *deadlines) arm() {
	if d.first == nil || !d.armed.IsZero() && !d.first.deadline.Before(d.armed) {
		return
	}
	d.armed = d.first.deadline
	if d.timer == nil {
		d.timer = time.AfterFunc(time.Until(d.armed), d.expire)
	} else {
		d.timer.Reset(time.Until(d.armed))
	}
}

// pass wakes the waiters whose deadline has passed.
func (d *deadlines) pass(now time.Time) {
	if d.stopped {
		return
	}
	d.armed = time.Time{}
	for d.first != nil && !d.first.deadline.After(now) {
		w := d.first
		d.remove(w)
		w.expired <- struct{}{} // has room: a waiter is in here once
	}
	d.arm()
}

// stop ends them all.
func (d *deadlines) stop() {
	d.stopped = true
	if d.timer != nil {
		d.timer.Stop()
	}
	d.first, d.last = nil, nil
}
