package attempt

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"
)

// A 404 that says nothing of the SID may be the SID's own or the path's. Where the operator lets it mean that the SID is
// invalid, the replica is asked after it for a control, a SID that it called valid before: only if that is valid still, the
// path is right. Any other path answers every SID so, and forgeries and genuine SIDs alike would be called invalid.

// controlPause is the least time between two controls of a replica.
const controlPause = 100 * time.Millisecond

// control is a replica's, and who waits for what it brings.
type control struct {
	mu   sync.Mutex
	sid  string    // "" until the replica called one valid; guarded by mu
	next *round    // not sent yet; nil for none; guarded by mu
	last *round    // sent last; nil for none; guarded by mu
	sent time.Time // when that was; guarded by mu
}

// round is one request for the control. What came back before it was sent shares it.
type round struct {
	done chan struct{} // closed when it has its answer
	held bool          // the control was valid still
}

// called notes a SID that the replica called valid.
func (c *control) called(sid string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sid == "" {
		c.sid = strings.Clone(sid) // it may be a slice of a large body
	}
}

var errUncontrolled = errors.New("no SID that it called valid before is valid there still")

// confirmed returns nil if a control that is sent from now on is valid still.
func (s *Sender) confirmed(ctx context.Context, site *site) error {
	r := s.nextRound(site)
	if r == nil {
		return errUncontrolled
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
	if a.status == http.StatusNotFound || a.status == http.StatusGone {
		site.control.forget(sid)
	}
	_, err = s.believe(a, sid)
	return a.status == http.StatusOK && err == nil
}

func (c *control) forget(sid string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sid == sid {
		c.sid = ""
	}
}
