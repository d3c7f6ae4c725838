package sdk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk/internal/delivery"
	"ms2.internal/lb/sdk/internal/hook"
)

// finder takes in what discovery tells, hands it to those who use it, and remembers it for whoever asks why.
type finder struct {
	service string
	apply   func([]discovery.Instance)
	trouble func(id string) delivery.Trouble
	journal *journal
	first   chan struct{} // closed at the first set, though it be empty, and when there will be none
	ready   chan struct{} // closed at the first set that is not

	mu       sync.Mutex
	last     discovery.Snapshot  // guarded by mu; Instances are those in use, nil before the first
	unusable []discovery.Dropped // guarded by mu; what we left out, beside what the source did
	changes  int64               // guarded by mu
	failures int64               // guarded by mu; times that the set could not be confirmed any more
	ended    error               // guarded by mu; why there will be no more
	refused  error               // guarded by mu; why the set that was told last is not the one in use
	closed   bool                // guarded by mu; what is told from now on is not taken in
}

func newFinder(service string, apply func([]discovery.Instance), trouble func(string) delivery.Trouble, j *journal) *finder {
	return &finder{service: service, apply: apply, trouble: trouble, journal: j, first: make(chan struct{}), ready: make(chan struct{})}
}

// watch runs the source until ctx ends.
func (f *finder) watch(ctx context.Context, source discovery.Source, hooks *hook.Guard) {
	var err error
	hooks.Go(hook.Source, func() {
		err = source.Watch(ctx, f.update)
		if err == nil {
			err = errors.New("it returned")
		}
	}, func(fault error) {
		if fault != nil {
			err = fault
		}
		f.end(err)
	})
}

// update takes in a snapshot.
func (f *finder) update(s discovery.Snapshot) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return
	}
	known := f.last.Instances
	f.last = s
	f.last.Instances = known
	if s.Instances != nil {
		f.takeLocked(s)
	}
	f.tellConfirmedLocked()
}

func (f *finder) takeLocked(s discovery.Snapshot) {
	kept, dropped := discovery.Clean(s.Instances)
	f.unusable, f.refused = dropped, nil
	if len(kept) == 0 && len(s.Instances) > 0 && len(f.last.Instances) > 0 {
		f.refused = fmt.Errorf("of %s told none can be used, the first: %s: %s", counted(len(s.Instances), "instance"), dropped[0].ID, dropped[0].Why)
		return // garbage is not word of an empty set
	}
	f.applyLocked(kept)
	closeOnce(f.first)
	if len(kept) > 0 {
		closeOnce(f.ready)
	}
}

func (f *finder) applyLocked(set []discovery.Instance) {
	before := f.last.Instances
	if before == nil || !discovery.Same(before, set) {
		f.changes++
		f.last.Instances = set
		left := f.leaving(missingFrom(set, before))
		f.apply(set)
		f.tellSetLocked(before, set, left)
	}
}

// end notes that the source is gone for good.
func (f *finder) end(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return
	}
	f.ended = fmt.Errorf("the source of replicas ended: %w", err)
	f.failures++
	closeOnce(f.first) // nothing to wait for any more
	f.journal.begin(Problem{Reason: ReasonSourceEnded, Severity: Warning, Text: f.ended.Error()}, nil)
}

// close has the finder take in nothing more, though a source may still tell.
func (f *finder) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
}

// known reports whether a replica is.
func (f *finder) known() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.last.Instances) > 0
}

// First is closed once a first set was told, though it be empty, and when there will be none.
func (f *finder) First() <-chan struct{} { return f.first }

// Explain adds to an error why no replica is known; it returns err as it is when one is.
func (f *finder) Explain(err error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.last.Instances) > 0 {
		return err
	}
	if !errors.Is(err, ErrNoReplicas) {
		err = fmt.Errorf("%w: %w", err, ErrNoReplicas)
	}
	return f.explainLocked(err)
}

func (f *finder) explainLocked(err error) error {
	switch why := f.errorLocked(); {
	case why != nil:
		return fmt.Errorf("%w: %w", err, why)
	case f.last.Instances != nil && len(f.droppedLocked()) > 0:
		first := f.droppedLocked()[0]
		return fmt.Errorf("%w: %s names none that can be used, the first: %s: %s", err, f.last.Source, first.ID, first.Why)
	case f.last.Instances != nil:
		return fmt.Errorf("%w: %s names none for the service %q; is MS2 registered and healthy, and MS2_SERVICE right?", err, f.last.Source, f.service)
	}
	return fmt.Errorf("%w: nothing was told yet", err)
}

func (f *finder) errorLocked() error {
	return cmp.Or(f.ended, f.last.Err, f.refused)
}

// droppedLocked is what the source left out as of its last word, and what we did; never nil.
func (f *finder) droppedLocked() []discovery.Dropped {
	return append(append([]discovery.Dropped{}, f.last.Dropped...), f.unusable...)
}

// stats describes discovery.
func (f *finder) stats() DiscoveryStats {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := DiscoveryStats{
		Source: f.last.Source, Instances: len(f.last.Instances), Changes: f.changes, Failures: f.failures,
		ConfirmedAt: unless(!shows(f.last.At), f.last.At), ErrorSince: cmp.Or(f.journal.since(ReasonUnconfirmed), f.journal.since(ReasonSourceEnded)),
		Dropped: f.droppedLocked(), Detail: maps.Clone(f.last.Detail),
	}
	if err := f.errorLocked(); err != nil {
		text := err.Error()
		s.Error, s.Stale = &text, true
	}
	s.AgeSeconds = unless(f.last.At.IsZero(), max(0, time.Since(f.last.At).Seconds())) // 0 for a clock that goes ahead of ours
	return s
}

// shows reports whether a moment that a source told can be written down (RFC 3339 ends with the year 9999).
func shows(t time.Time) bool { return !t.IsZero() && t.UTC().Year() >= 0 && t.UTC().Year() < 9999 }

// closeOnce closes ch if it is not closed yet. The caller holds the lock that guards it.
func closeOnce(ch chan struct{}) {
	if !isClosed(ch) {
		close(ch)
	}
}

func isClosed(ch <-chan struct{}) bool {
	select {
	case <-ch:
		return true
	default:
		return false
	}
}
