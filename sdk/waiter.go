package sdk

import (
	"math/bits"
	"sync"
	"sync/atomic"
	"time"
)

// waiter is a check that waits for its flight. It is woken when there is something to look at: most checks wait for one
// channel and need neither a timer of their own nor a channel for each flight.
type waiter struct {
	wake  chan struct{} // gets one for each thing to see
	state atomic.Uint32
	taken int // of wake

	// Guarded by the collector's mu.
	flight     *flight
	next       *waiter // of the same flight
	deadline   time.Time
	timed      bool // in the list of deadlines
	prior, due *waiter
}

// What a waiter may see.
const (
	landed  = 1 << iota // the flight has ended
	offered             // asking failed once, and what is held may be answered meanwhile
	expired             // its own deadline has passed
)

func (w *waiter) has(what uint32) bool { return w.state.Load()&what != 0 }

func (w *waiter) see(what uint32) {
	w.state.Or(what)
	w.wake <- struct{}{} // never blocks
}

// waiters are those of a collector, and the deadlines of them that no context ends. Nearly all come in the order of their
// deadlines, since nearly all have the same patience. Guarded by the collector's mu, but for the pool.
type waiters struct {
	pool        sync.Pool
	first, last *waiter
	ready       *waiter // that have landed, to be woken when the lock is given back
	timer       *time.Timer
	set         time.Time // for when the timer is set; zero when it is not
}

// wait registers a check that waits for a flight.
func (l *waiters) wait(f *flight, q *question) *waiter {
	w, ok := l.pool.Get().(*waiter)
	if !ok {
		w = &waiter{wake: make(chan struct{}, 3)}
	}
	w.flight, w.next, w.deadline = f, f.first, q.deadline
	f.first = w
	if !q.own {
		l.insert(w)
	}
	return w
}

// release gives back a waiter that is in no list any more, or will soon be woken for the last time.
func (l *waiters) release(w *waiter) {
	for ; w.taken < bits.OnesCount32(w.state.Load()); w.taken++ {
		<-w.wake
	}
	w.flight, w.taken = nil, 0
	w.state.Store(0)
	l.pool.Put(w)
}

func (l *waiters) insert(w *waiter) {
	before := l.last
	for before != nil && before.deadline.After(w.deadline) {
		before = before.prior
	}
	w.timed, w.prior = true, before
	if before == nil {
		w.due, l.first = l.first, w
	} else {
		w.due, before.due = before.due, w
	}
	if w.due == nil {
		l.last = w
	} else {
		w.due.prior = w
	}
	if l.set.IsZero() || w.deadline.Before(l.set) {
		l.arm(w.deadline)
	}
}

func (l *waiters) remove(w *waiter) {
	if !w.timed {
		return
	}
	if w.prior == nil {
		l.first = w.due
	} else {
		w.prior.due = w.due
	}
	if w.due == nil {
		l.last = w.prior
	} else {
		w.due.prior = w.prior
	}
	w.timed, w.prior, w.due = false, nil, nil
}

// arm sets the timer. It is left as it is when the first deadline goes, and then set anew when it fires.
func (l *waiters) arm(at time.Time) {
	l.set = at
	l.timer.Reset(time.Until(at))
}

// expire wakes those whose deadline has passed.
func (l *waiters) expire(now time.Time) {
	l.set = time.Time{}
	for l.first != nil && !l.first.deadline.After(now) {
		w := l.first
		l.remove(w)
		w.see(expired)
	}
	if l.first != nil {
		l.arm(l.first.deadline)
	}
}

// land gets all ready who wait for a flight that has ended.
func (l *waiters) land(f *flight) {
	for w := f.first; w != nil; w = f.first {
		l.remove(w)
		w.state.Or(landed)
		f.first, w.next, l.ready = w.next, l.ready, w
	}
}

// unlock gives the lock back and wakes those who are ready: many of them will want it at once.
func (c *collector) unlock() {
	w := c.waiters.ready
	c.waiters.ready = nil
	c.mu.Unlock()
	for w != nil {
		next := w.next // before it is woken, and used again
		w.wake <- struct{}{}
		w = next
	}
}

// offer wakes all who wait for a flight and may have what is held.
func (l *waiters) offer(f *flight) {
	for w := f.first; w != nil; w = w.next {
		w.see(offered)
	}
}

// leave takes a waiter off its flight, if that has not ended.
func (l *waiters) leave(w *waiter) {
	l.remove(w)
	for link := &w.flight.first; *link != nil; link = &(*link).next {
		if *link == w {
			*link = w.next
			return
		}
	}
}
