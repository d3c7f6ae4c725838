package balancer

import (
	"sync/atomic"
	"time"

	"github.com/sony/gobreaker"
)

// breaker is a replica's circuit breaker, gobreaker's two-step one, arranged so that a healthy replica does not pay for
// it: while no failure is on record a success tells it nothing, so neither the pick nor a success touches it.
//
// Its state and generation are mirrored in atomics by gobreaker's callback, which runs under gobreaker's lock: the
// mirror is exact after each call that changed it.
type breaker struct {
	gate    *gobreaker.TwoStepCircuitBreaker // nil: never opens
	state   atomic.Int32                     // gobreaker.State
	lost    atomic.Int32                     // probes that failed since it opened
	changed atomic.Int64                     // moment of the last
	failing atomic.Bool                      // a failure is on record since the last success
	opened  atomic.Int32                     // times that it opened after it was closed
	probe   atomic.Pointer[probe]            // the request that decides in half-open
	replica *replica
}

// probe is what a request finds out beside its answer. Whoever takes it out of breaker.probe reports it.
type probe struct {
	started time.Duration
	report  func(success bool) // to the half-open breaker that let it through; nil when the breaker was closed
	drain   bool               // whether the replica is still leaving
	trial   bool               // whether the outlier still is one
}

func (b *breaker) init(r *replica, id string) {
	b.replica = r
	threshold := r.balancer.options.Failures
	if threshold < 0 {
		return
	}
	b.gate = gobreaker.NewTwoStepCircuitBreaker(gobreaker.Settings{
		Name:          id,
		MaxRequests:   1,
		Timeout:       r.balancer.options.Open,
		ReadyToTrip:   func(c gobreaker.Counts) bool { return int(c.ConsecutiveFailures) >= threshold },
		OnStateChange: b.onChange,
	})
}

// onChange runs under gobreaker's lock and must not call it.
func (b *breaker) onChange(_ string, from, to gobreaker.State) {
	r := b.replica
	now := r.balancer.now()
	enter := func() {
		b.changed.Store(int64(now))
		r.generation.Add(1)
		b.failing.Store(false)
		b.state.Store(int32(to))
		b.count(from, to)
	}
	if to == gobreaker.StateClosed {
		r.restore(broken, now, grounds{reason: ReasonReturned, why: "its breaker closed: the probe was answered"}, enter)
	} else {
		r.leaveOut(broken, now, enter)
	}
	r.balancer.wakeAt(now) // fewer are left, or more; a drain probe may have waited for it
}

// count takes in a change for the statistics.
func (b *breaker) count(from, to gobreaker.State) {
	t := &b.replica.balancer.totals
	switch {
	case to == gobreaker.StateClosed:
		b.lost.Store(0)
		t.closed.Add(1)
	case to == gobreaker.StateHalfOpen:
		t.halfOpened.Add(1)
	case from == gobreaker.StateHalfOpen:
		b.lost.Add(1)
	default:
		b.opened.Add(1)
		t.opened.Add(1)
	}
}

func (b *breaker) closed() bool { return gobreaker.State(b.state.Load()) == gobreaker.StateClosed }

// record reports the outcome of a request that was picked while the breaker was closed.
func (b *breaker) record(generation uint32, result Result) {
	if b.gate == nil || generation != b.replica.generation.Load() || !b.closed() {
		return
	}
	switch {
	case result == Failure:
		b.tell(false)
		// After it was told, not before: a success in between would clear the mark and leave the failure on record.
		b.failing.Store(b.closed())
	case result == Success && b.failing.Load():
		b.failing.Store(false)
		b.tell(true)
	}
}

func (b *breaker) tell(success bool) {
	if report, err := b.gate.Allow(); err == nil {
		report(success)
	}
}

// due is the moment at which the breaker needs a look: when a probe may start, or when one is overdue.
func (b *breaker) due() time.Duration {
	switch gobreaker.State(b.state.Load()) {
	case gobreaker.StateOpen:
		return time.Duration(b.changed.Load()) + b.replica.balancer.options.Open + 1 // gobreaker wants it strictly past
	case gobreaker.StateHalfOpen:
		if p := b.probe.Load(); p != nil {
			return p.started + b.replica.balancer.options.ProbeTimeout
		}
		return 0
	}
	return never
}

// admit lets one request through once the open time is over; nil when gobreaker does not.
func (b *breaker) admit(now time.Duration) *probe {
	b.expire(now)
	report, err := b.gate.Allow()
	if err != nil {
		return nil
	}
	p := &probe{started: now, report: report}
	b.probe.Store(p)
	return p
}

// finish reports a probe, unless it was overdue and reported already.
func (b *breaker) finish(p *probe, success bool) {
	if b.probe.CompareAndSwap(p, nil) {
		p.report(success)
	}
}

// withdraw reports a probe that was not sent. To gobreaker it failed: there is no other way back from half-open.
func (b *breaker) withdraw(p *probe) {
	if b.probe.CompareAndSwap(p, nil) {
		b.lost.Add(-1) // which the report counts
		p.report(false)
	}
}

// probed takes in how the breaker's probe ended. One that was refused shows that the replica lives, so the breaker closes, and
// not that it answers, so it stays out until it has answered another.
func (r *replica) probed(p *probe, result Result, now time.Duration) {
	refused := result == Refused || result == Shed
	if refused {
		r.balancer.reviews.Lock()
		defer r.balancer.reviews.Unlock()
		r.load.forgive()
		r.comeBack(now)
		r.ejectProbed(now, result)
	}
	r.breaker.finish(p, refused || result == Success)
}

// expire counts an overdue probe as failed: gobreaker by itself would refuse for ever.
func (b *breaker) expire(now time.Duration) {
	if p := b.probe.Load(); p != nil && now >= p.started+b.replica.balancer.options.ProbeTimeout {
		b.finish(p, false)
	}
}
