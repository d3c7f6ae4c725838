package delivery

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/protocol"
)

// try is one attempt at a forwarded request.
type try struct {
	attempt.Forwarded
	forward *forward
	replica string          // its ID
	heard   balancer.Heard  // of a body that is still to be judged
	judged  bool            // what it came to was taken in, or will be by conclude
	ctx     context.Context // of the request and its body
	cancel  context.CancelCauseFunc
}

// doubt is a failure after the replica had the request. It is the replica's fault if another one answers, else it may be the request's.
type doubt struct {
	replica string
	heard   balancer.Heard
	reply   attempt.Reply
}

// attempt sends the request to the leased replica: once more, out of the budget, when the token was renewed.
func (f *forward) attempt(lease balancer.Lease) *try {
	heard := false
	defer func() {
		if !heard {
			lease.Done(balancer.Outcome{})
		}
	}()
	f.replica = lease.Instance().ID
	t := f.send(lease)
	if t.Renewed && f.repeats && f.upload.renewable() && f.carrier.takeFor(f.trail) {
		f.carrier.tally(t.Outcome.Result, t.Reply)
		t.drop()
		t = f.send(lease)
	}
	heard = true
	f.judge(t, lease.Heard(), lease.Probe())
	f.last = &Failure{Replica: lease.Instance().Addr, Status: t.Status, Attempts: f.attempts, Cause: t.Cause, Err: t.Err}
	return t
}

// send is one HTTP request.
func (f *forward) send(lease balancer.Lease) *try {
	t := &try{forward: f, replica: lease.Instance().ID}
	t.ctx, t.cancel = context.WithCancelCause(f.ctx)
	f.attempts++
	most := f.patience()
	patience := newPatience(most, func() { t.cancel(f.overdue(most)) })
	defer patience.end()
	req, err := f.upload.request(patience)
	if err != nil {
		t.Reply = attempt.Reply{Next: attempt.GaveUp, Err: err, Skipped: true}
		return t
	}
	f.carrier.counters.Forwarded.Attempts.Add(1)
	t.Forwarded = f.carrier.sender.Forward(t.ctx, lease.Instance(), req)
	inTime := patience.end()
	fault := f.upload.fault()
	switch {
	case t.Response != nil && !t.Whole && !inTime:
		t.Response.Body.Close()
		t.Forwarded = attempt.Forwarded{Reply: f.carrier.sender.Overdue(t.ctx)}
	case t.Response == nil && fault != nil && t.ctx.Err() == nil:
		t.Reply = attempt.Reply{Next: attempt.GaveUp, Err: fault}
	}
	if t.Response == nil {
		t.cancel(context.Canceled)
	}
	return t
}

// patience is how long one attempt may take until its answer begins: all the time that there is where it is the only one.
func (f *forward) patience() time.Duration {
	if f.repeats {
		return min(f.carrier.options.AttemptTimeout, f.Remaining())
	}
	return f.carrier.options.Timeout
}

var errStalled = fmt.Errorf("the body of the request was waited for: %w", context.DeadlineExceeded)

// overdue says whose fault it is that no answer has begun: the caller's that still sends, the replica's that had its time, or
// nobody's.
func (f *forward) overdue(had time.Duration) error {
	switch {
	case f.upload.stalled():
		return errStalled
	case had >= f.carrier.options.AttemptTimeout:
		return attempt.ErrAttemptTimeout
	}
	return context.DeadlineExceeded
}

// judge reports what the replica is to be judged by, as far as it is known by now.
func (f *forward) judge(t *try, heard balancer.Heard, probe bool) {
	outcome := t.Outcome
	switch {
	case outcome.Result == balancer.Success && !t.Whole && !probe:
		if t.heard = heard; outcome.Draining { // its body will tell the rest
			heard.Leaving()
			t.Outcome.Draining = false
		}
		return
	case t.Fell():
		t.judged = true
		f.doubts = append(f.doubts, doubt{f.replica, heard, t.Reply})
		return
	}
	t.judged = true
	heard.Done(outcome)
	f.carrier.ended(f.replica, outcome.Result, t.Reply)
}

// conclude decides on the doubts. Who fails while another answers is at fault; who fails alike is not, nor who was asked alone while
// MS2 answers others: to the balancer that is a refusal, which costs a replica its picks only if others have fewer. Else one that was
// asked again and again is at fault twice, as by a check.
func (f *forward) conclude() {
	own := len(f.doubts) > 0 && !f.answered && f.own()
	for i, d := range f.doubts {
		outcome := d.reply.Outcome
		switch {
		case f.answered:
		case own:
			outcome.Result = balancer.Refused
		case i >= suspectAfter:
			outcome.Result = balancer.Ignored
		}
		d.heard.Done(outcome)
		f.carrier.ended(d.replica, outcome.Result, d.reply)
	}
	f.doubts = nil
}

// own reports whether it may be this request that replicas fail, and not they: several say so, or MS2 answers others.
func (f *forward) own() bool {
	several := slices.ContainsFunc(f.doubts, func(d doubt) bool { return d.replica != f.doubts[0].replica })
	silent := slices.ContainsFunc(f.doubts, func(d doubt) bool { return d.reply.Status < http.StatusInternalServerError })
	return several && !silent || f.carrier.answering()
}

// drop gives up an answer.
func (t *try) drop() {
	if t.Response != nil {
		t.Response.Body.Close()
	}
	t.cancel(context.Canceled)
	t.heard.Done(balancer.Outcome{})
	t.heard = balancer.Heard{}
}

// probe asks a replica that was left out for its health, beside the request itself: one that fails everywhere must keep no replica out.
func (f *forward) probe(lease balancer.Lease) {
	f.carrier.running.Go(func() { f.carrier.probeHealth(lease) })
}

func (c *Carrier) probeHealth(lease balancer.Lease) {
	var reply attempt.Reply
	defer func() {
		lease.Done(reply.Outcome)
		c.ended(lease.Instance().ID, reply.Outcome.Result, reply)
	}()
	ctx, cancel := context.WithTimeoutCause(c.options.Context, c.options.AttemptTimeout, attempt.ErrAttemptTimeout)
	defer cancel()
	c.counters.Forwarded.Attempts.Add(1)
	req, _ := http.NewRequest(http.MethodGet, protocol.PathHealth, nil)
	reply = c.sender.Probe(ctx, lease.Instance(), req)
}
