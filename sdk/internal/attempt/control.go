package attempt

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk/internal/cache"
)

// A 404 that says nothing of the SID may be the SID's own or the path's. Where the operator lets it mean that the SID is
// invalid, the replica is asked after it for a control, a SID that it called valid before: only if that is valid still, the
// path is right. Any other path answers every SID so, and forgeries and genuine SIDs alike would be called invalid. Since the
// path may have been wrong for a moment alone, the SID is asked once more then, and invalid if that is a bare 404 too.

// controlPause is the least time between two controls of a replica.
const controlPause = 100 * time.Millisecond

// control is a replica's, and who waits for what it brings.
type control struct {
	mu     sync.Mutex
	sid    string    // "" for none; guarded by mu
	proven bool      // the replica called it valid; else another did; guarded by mu
	failed time.Time // when one was last not valid any more; guarded by mu
	next   *round    // not sent yet; nil for none; guarded by mu
	last   *round    // sent last; nil for none; guarded by mu
	sent   time.Time // when that was; guarded by mu
}

// controlRetry is how long after a control was not valid any more the replica is asked for one that others called valid.
const controlRetry = time.Second

// round is one request for the control. What came back before it was sent shares it.
type round struct {
	done chan struct{} // closed when it has its answer
	held bool          // the control was valid still
}

// called notes a SID that the replica called valid.
func (c *control) called(sid string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.proven {
		c.sid, c.proven = strings.Clone(sid), true // a SID may be a slice of a large body
	}
}

// calledValid notes a SID that a replica called valid, for all: one that was not asked for a valid SID yet has a control too.
func (s *Sender) calledValid(site *site, sid string) {
	site.control.called(sid)
	if last := s.valid.Load(); last == nil || *last != sid {
		sid := strings.Clone(sid)
		s.valid.Store(&sid)
	}
}

// known reports whether there is a control, and whether the replica itself called it valid. One that has none takes what another
// called valid.
func (c *control) known(other *string) (known, proven bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sid == "" && other != nil && time.Since(c.failed) >= controlRetry {
		c.sid = *other
	}
	return c.sid != "", c.proven
}

var (
	errNoControl    = errors.New("it did not yet")
	errUncontrolled = errors.New("the one that was asked for again is not valid there any more")
)

// Confirm finds out what a bare 404 for an item means. It makes no witness of the replica.
func (s *Sender) Confirm(ctx context.Context, instance discovery.Instance, item Item, remaining time.Duration) Reply {
	if site := s.site(instance.ID); site != nil {
		switch err := s.controlled(ctx, site); {
		case err == nil:
		case ctx.Err() != nil && !errors.Is(err, ErrAttemptTimeout):
			return Reply{Next: GaveUp, Err: err}
		default:
			r := unconfirmed(http.StatusNotFound, "HTTP 404", err)
			r.Door = cache.Single
			return r
		}
	}
	r := s.Send(ctx, instance, cache.Single, []Item{{SID: item.SID, Fresh: true}}, remaining)
	if r.Next == Confirm {
		r.Next, r.Outcome.Result = Settled, balancer.Success
	}
	return r
}

// unconfirmed is the reply for a bare 404 that does not mean invalid, though the operator lets it.
func unconfirmed(status int, said string, err error) Reply {
	r := refused(status, fmt.Errorf("nothing at this path, and not a word of the SID (%s): check MS2_SINGLE_PATH; "+
		"MS2_NOT_FOUND=invalid counts once the replica has called a SID valid, and while it does: %w", said, err))
	r.Bare, r.Alone = true, true
	return r
}

// controlled returns nil if a control that is sent from now on is valid still.
func (s *Sender) controlled(ctx context.Context, site *site) error {
	r := s.nextRound(site)
	if r == nil {
		return errNoControl
	}
	select {
	case <-r.done:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if !r.held {
		return errUncontrolled
	}
	return nil
}

// nextRound returns the round that is to be sent next; nil where there is no control.
func (s *Sender) nextRound(site *site) *round {
	c := &site.control
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sid == "" {
		return nil
	}
	if c.next == nil {
		r, before := &round{done: make(chan struct{})}, c.last
		pause := controlPause - time.Since(c.sent)
		c.next = r
		s.running.Go(func() { s.control(site, r, before, pause) })
	}
	return c.next
}

// control sends a round after the one before, and not too soon.
func (s *Sender) control(site *site, r, before *round, pause time.Duration) {
	defer close(r.done)
	if before != nil {
		<-before.done
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.options.Context.Done():
	}
	r.held = s.askControl(site, site.control.send(r))
}

// send marks a round as sent, which nobody shares any more, and returns its SID.
func (c *control) send(r *round) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next, c.last, c.sent = nil, r, time.Now()
	return c.sid
}

// askControl reports whether the control is valid still. One that is gone makes room for another.
func (s *Sender) askControl(site *site, sid string) bool {
	if sid == "" {
		return false
	}
	ctx, cancel := context.WithTimeoutCause(s.options.Context, s.options.Timeout, ErrAttemptTimeout)
	defer cancel()
	s.controls.Add(1)
	a, err := s.get(ctx, site, Item{SID: sid, Fresh: true}, "", s.options.Timeout)
	if err != nil {
		return false
	}
	defer a.release()
	_, err = s.believe(a, sid)
	held := a.status == http.StatusOK && err == nil
	if held {
		site.control.called(sid)
	} else if a.status == http.StatusNotFound || a.status == http.StatusGone {
		site.control.forget(sid)
	}
	return held
}

func (c *control) forget(sid string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sid == sid {
		c.sid, c.proven, c.failed = "", false, time.Now()
	}
}
