package balancer

import (
	"sync/atomic"
	"time"
)

// A replica that answers nothing is found by the requests in a row that it failed or refused. The breaker counts failures
// alone and opens by itself; what is refused may be refused by all, so that a review compares, and at once.

// reviewSoonest is the least time between two such reviews: where all refuse alike, each outcome calls for one.
const reviewSoonest = 50 * time.Millisecond

// row counts the requests that were not answered since one was.
type row struct {
	length atomic.Int64
	since  atomic.Int64 // when the first of them was sent
}

// missed takes in one more.
func (r *replica) missed(start, now time.Duration) {
	r.unanswered(1)
	n := r.row.length.Add(1)
	if n == 1 {
		r.row.since.Store(int64(start))
	}
	if n >= r.balancer.options.inRow() {
		r.balancer.hasten(now)
	}
}

// inRow is the number of requests in a row from which on a replica is compared at once.
func (o *Options) inRow() int64 {
	if o.Failures < 0 {
		return defaultFailures
	}
	return int64(o.Failures)
}

// hasten makes the next pick review the replicas, unless that was asked for a moment ago.
func (b *Balancer) hasten(now time.Duration) {
	due := b.hastened.Load()
	if int64(now) >= due && b.hastened.CompareAndSwap(due, int64(now+reviewSoonest)) {
		b.urgent.Store(true)
		b.wakeAt(now)
	}
}

// troubling notes that an outcome was no answer, for the next answer to undo what came of it.
func (r *replica) troubling(result Result) {
	if result == Failure || result == Refused || result == Shed {
		r.troubled.Store(true)
	}
}

// recovered undoes what outcomes that were no answers have left, since there was an answer. The mark is taken away first
// and set again: of a failure meanwhile it stays, or what it left is undone with the others.
func (r *replica) recovered(l Lease) {
	r.troubled.Store(false)
	r.row.length.Store(0)
	rests := r.rest.endOwn(l.start)
	r.breaker.record(l.terms.generation, Success)
	r.balancer.light()
	if rests || r.breaker.failing.Load() {
		r.troubled.Store(true)
	}
}

// While no replica answers, the fault is the request's, or everybody's: it is held against none. Else the first that answers
// again would look far better than those that were not asked since, and would get all.

// dark reports whether the last request that each replica in use was sent was not answered, and several in a row on one.
func (f *fleet) dark() bool {
	silent := false
	for i := range f.members {
		m := &f.members[i]
		switch r := m.replica; {
		case m.weight <= 0 || r.conditions.Load()&judgedOut != 0:
		case !r.troubled.Load():
			return false
		default:
			silent = silent || r.silent()
		}
	}
	return silent
}

// watchDark notes whether it is dark, and forgives the replicas what happened when it is light again.
func (b *Balancer) watchDark(f *fleet) {
	dark := f.dark()
	if b.dark.Swap(dark) && !dark {
		for i := range f.members {
			r := f.members[i].replica
			r.load.failureRate.Store(0)
			r.row.length.Store(0)
		}
	}
}

// light makes the next pick see that one answers.
func (b *Balancer) light() {
	if b.dark.Load() {
		b.urgent.Store(true)
		b.wakeAt(b.now())
	}
}
