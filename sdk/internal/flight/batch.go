package flight

import (
	"cmp"
	"container/list"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/internal/delivery"
	"ms2.internal/lb/sdk/protocol"
)

// batch is the flights that one HTTP request carries. It is what its delivery sees as a [delivery.Batch]; see settle.go.
type batch struct {
	batcher *Batcher
	ctx     context.Context // ends when the last check has left, or the client closes
	cancel  context.CancelFunc
	group   singleflight.Group  // of one key: who waits for the batch shares one call of fly
	fly     func() (any, error) // brings the batch to its end; the value is nil unless others of its trip go on
	called  chan struct{}       // closed when it is the batch's turn; nil when it was when the call began
	part    func()              // carries it, when it is a part of another
	served  bool                // its call runs on one of the goroutines that stand by
	trip    *trip
	last    atomic.Pointer[delivery.Attempt] // the one under way included

	// Written by the batch's call, and read by a later one.
	ended     bool
	elsewhere any // what its end was

	// Guarded by Batcher.mu.
	flights []*flight // once sent, those without a result, and then changed by the goroutine that carries it alone
	live    int       // those of them that somebody waits for
	runsOn  bool      // nobody does, and its attempt runs on
	size    int       // of the request
	stage   stage
	sentAt  time.Time                    // zero while it gathers
	queue   *queue                       // that it gathers in
	waiting *list.Element                // its place there; nil once it is called
	alone   bool                         // its one SID is in quarantine
	spare   []<-chan singleflight.Result // of those who left, for those who come
	offer   chan struct{}                // closed and replaced when flights are offered; nil until one may be
}

// stage is how far a batch has come.
type stage int

const (
	queued   stage = iota // it takes flights until it is sent
	called                // the same, and its turn has come
	underWay              // it was sent
)

// trip is one place among the batches under way. A batch and the parts in which it goes on share it.
type trip struct {
	parts     int  // that have not ended
	deserted  int  // those of them that run on though nobody waits for them
	placed    bool // it has a place
	gathered  bool // the batch had several checks, and was not the only one: what the limit is mattered
	large     bool // the place is one of those for large calls
	deadlines deadlines
	early     deadlines // of checks that may be answered with what was believed before
	final     deadlines // of those of them that were not
}

// lists are all of its deadlines, those of each in their order.
func (t *trip) lists() [3]*deadlines { return [...]*deadlines{&t.deadlines, &t.early, &t.final} }

// openLocked opens a batch at the end of a queue: one that stands by, if there is any.
func (b *Batcher) openLocked(q *queue) *batch {
	n := b.takeStandbyLocked()
	if n == nil {
		n = b.newLocked(&trip{})
	}
	b.trips[n.trip] = true
	n.size, n.queue = len(`{"items":[]}`), q
	n.waiting = q.PushBack(n)
	return n
}

// newLocked returns a batch, whose one call begins when the first check joins.
func (b *Batcher) newLocked(t *trip) *batch {
	n := &batch{batcher: b, trip: t}
	n.fly = n.run
	n.ctx, n.cancel = context.WithCancel(b.options.Context)
	t.parts++
	b.running.Add(1)
	return n
}

// share returns a channel that brings the batch's end, of its singleflight; the first begins the call. It needs no lock: once
// the batch has ended, its call tells the end again.
func (n *batch) share() <-chan singleflight.Result { return n.group.DoChan("", n.fly) }

// beginsLocked prepares the call of a batch that somebody is about to share.
func (n *batch) beginsLocked() {
	if n.stage == queued && n.called == nil {
		n.called = make(chan struct{})
	}
}

// spareLocked takes the channel of one who left, nil if there is none.
func (n *batch) spareLocked() <-chan singleflight.Result {
	last := len(n.spare) - 1
	if last < 0 {
		return nil
	}
	ch := n.spare[last]
	n.spare = n.spare[:last]
	return ch
}

// run is fly: it waits for the batch's turn, carries it and ends it. A part is carried at once.
func (n *batch) run() (elsewhere any, _ error) {
	if n.ended {
		return n.elsewhere, nil // to a check that joined just before
	}
	defer n.batcher.running.Done()
	if n.served {
		n.standBy()
	} else {
		growStack()
	}
	fault := errExited // until it returns
	defer func() {
		n.elsewhere, n.ended = n.end(fault), true
		elsewhere = n.elsewhere
	}()
	switch {
	case n.part != nil:
		fault = safely(n.part)
	case n.turn() && n.send():
		fault = safely(func() { n.batcher.carrier.Carry(n, n.alone) })
	default:
		fault = nil
	}
	return nil, nil
}

// errExited ends a batch whose goroutine code of the adopter's exited, as an error of the adopter's may while it is looked into.
var errExited = errors.New("internal fault: the goroutine was exited")

// turn waits for the batch's turn, and reports whether it came.
func (n *batch) turn() bool {
	if n.called != nil {
		select {
		case <-n.called:
		case <-n.ctx.Done():
			return false
		}
	}
	runtime.Gosched() // lets checks that are about to join do so, at no cost
	return true
}

// safely turns a panic into an error: nobody could catch one out of singleflight.
func safely(carry func()) (fault error) {
	defer func() {
		if p := recover(); p != nil {
			fault = fmt.Errorf("internal fault: %v", p)
		}
	}()
	carry()
	return nil
}

// add takes a flight in.
func (n *batch) add(f *flight) {
	const few = 64
	if len(n.flights) > few+2*n.live { // most have left: they must not fill the memory
		n.flights = slices.DeleteFunc(n.flights, func(f *flight) bool { return f.phase == over })
	}
	f.batch, f.size = n, uint32(f.wireSize())
	n.flights = append(n.flights, f)
	n.size += int(f.size)
}

// hasRoom reports whether a flight fits in.
func (n *batch) hasRoom(f *flight, most int) bool {
	return n.live < most && n.size+f.wireSize() <= protocol.MaxRequestBytes
}

// send closes the batch to further flights, and reports whether any is left to send.
func (n *batch) send() bool {
	n.batcher.mu.Lock()
	defer n.batcher.mu.Unlock()
	n.batcher.dispatcher.sent(n)
	n.flights = slices.DeleteFunc(n.flights, func(f *flight) bool { return f.phase == over })
	n.batcher.dispatcher.waiting -= len(n.flights)
	for i, f := range n.flights {
		f.place = float32(i) / float32(len(n.flights))
	}
	n.sentLocked()
	n.trip.gathered = len(n.flights) > 1 && n.batcher.dispatcher.busy > 1
	return len(n.flights) > 0
}

func (n *batch) sentLocked() {
	n.stage, n.sentAt = underWay, time.Now()
	for _, f := range n.flights {
		f.phase, f.batch = sent, n
		f.fresh = f.wanted || !f.forgotten.IsZero()
	}
}

// end ends what is left of the batch. The value is nil when its trip is over, so that nobody who waited has to look where a
// flight went on.
func (n *batch) end(fault error) (elsewhere any) {
	why := cmp.Or(fault, context.Cause(n.ctx), errAbandoned)
	n.cancel()
	b := n.batcher
	b.mu.Lock()
	defer b.mu.Unlock()
	n.failLocked(why)
	if why == errExited {
		for _, list := range n.trip.lists() {
			list.wakeLanded()
		}
	}
	b.dispatcher.drop(n)
	if n.runsOn {
		n.trip.deserted--
	}
	if n.trip.parts--; n.trip.parts > 0 {
		b.desertLocked(n.trip)
		return n.trip
	}
	for _, list := range n.trip.lists() {
		list.stop()
	}
	delete(b.trips, n.trip)
	b.dispatcher.over(n)
	b.dispatchLocked()
	return nil
}

// offerLocked is the channel that is closed when flights of the batch are offered.
func (n *batch) offerLocked() <-chan struct{} {
	if n.offer == nil {
		n.offer = make(chan struct{})
	}
	return n.offer
}

// MakeWay gives up the batch's place among those under way.
func (n *batch) MakeWay() {
	n.batcher.mu.Lock()
	defer n.batcher.mu.Unlock()
	n.batcher.dispatcher.makeWay(n.trip)
	n.batcher.dispatchLocked()
}

// Context ends when the last check has left and no attempt runs on, or the client closes.
func (n *batch) Context() context.Context { return n.ctx }

// Note says what is going on, for those who leave.
func (n *batch) Note(last *delivery.Attempt) { n.last.Store(last) }

// Items are the checks that have no result yet.
func (n *batch) Items() []attempt.Item {
	items := make([]attempt.Item, len(n.flights))
	for i, f := range n.flights {
		items[i] = attempt.Item{SID: f.sid, Held: f.held, Fresh: f.fresh}
	}
	return items
}

// Remaining is how long the most patient check still waits.
func (n *batch) Remaining() time.Duration {
	n.batcher.mu.Lock()
	defer n.batcher.mu.Unlock()
	var deadline time.Time
	for _, f := range n.flights {
		if f.waiters > 0 {
			deadline = later(deadline, f.deadline)
		}
	}
	return time.Until(deadline)
}
