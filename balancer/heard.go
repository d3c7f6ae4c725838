package balancer

import "time"

// Heard is a lease whose replica has answered, while the rest of the answer is still on its way to the caller, at whose speed it
// is read. It is no work in flight any more: what a slow reader takes must not look like a slow replica.
type Heard struct {
	lease Lease
	took  time.Duration
}

// Heard ends the time that the replica is measured by, and the work in flight. Call [Heard.Done] in the place of [Lease.Done],
// exactly once.
func (l Lease) Heard() Heard {
	if l.member == nil {
		return Heard{}
	}
	r := l.member.replica
	r.load.end(l.terms.effort, l.start)
	return Heard{lease: l, took: r.balancer.now() - l.start}
}

// Leaving notes that the replica announced in its header that it is leaving, which the outcome then need not say: the rest of an
// answer may take hours.
func (h Heard) Leaving() {
	if m := h.lease.member; m != nil {
		m.replica.drain(m.replica.balancer.now())
	}
}

// Done reports the outcome, with the latency of when the answer was heard. A failure of what began before the replica's last
// return is Ignored. It is harmless when the replica was removed meanwhile, and on the zero value.
func (h Heard) Done(o Outcome) {
	l := h.lease
	if l.member == nil {
		return
	}
	r := l.member.replica
	if (o.Result == Failure || o.Result == Refused) && int64(l.start) < r.returned.Load() {
		o.Result = Ignored
	}
	l.start = r.balancer.now() - h.took
	r.load.begin(l.terms.effort, l.start) // Done takes it back
	l.Done(o)
}
