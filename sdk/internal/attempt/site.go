package attempt

import (
	"maps"
	"sync/atomic"
	"time"

	"ms2.internal/lb/discovery"
)

// site is what is remembered of one replica as an HTTP server, for as long as its instance does not change.
type site struct {
	instance  discovery.Instance
	noBatch   atomic.Pointer[time.Time] // when its batch door was last found missing, and the single one there; nil: never
	barren    atomic.Pointer[time.Time] // when it was last found to bring a verdict by neither; nil: not since it did
	verdict   atomic.Int64              // when the last verdict that it brought was asked for, since Sender.born; 0: never
	token     atomic.Pointer[string]    // that it was brought under
	overruled atomic.Int64              // when another replica last answered what this one had refused, since Sender.born
	control   control
}

// doorMemory is for how long what was learnt of the doors is believed: MS2 rolls the batch door out replica by replica.
const doorMemory = time.Minute

// renew returns the site of an instance, the one that is known if nothing of the instance changed.
func renew(known *site, instance discovery.Instance) *site {
	if known != nil && same(known.instance, instance) {
		return known
	}
	return &site{instance: instance}
}

func same(a, b discovery.Instance) bool {
	return a.ID == b.ID && a.Addr == b.Addr && a.Zone == b.Zone && a.Weight == b.Weight && maps.Equal(a.Meta, b.Meta)
}

// batchDoor reports whether to try the batch door. A missing one is tried again after doorMemory, by one attempt alone.
func (s *site) batchDoor(now time.Time) bool {
	missing := s.noBatch.Load()
	if missing == nil {
		return true
	}
	if now.Sub(*missing) < doorMemory {
		return false
	}
	again := now // a copy, so that only this one is on the heap
	return s.noBatch.CompareAndSwap(missing, &again)
}

// opened notes that the batch door is there.
func (s *site) opened() {
	if s.noBatch.Load() != nil {
		s.noBatch.Store(nil)
	}
	if s.barren.Load() != nil {
		s.barren.Store(nil)
	}
}

// Learnt notes what asking a replica without a batch door by the single one came to: a verdict, or none by any SID tried.
func (s *Sender) Learnt(id string, verdict bool) {
	site, now := s.site(id), time.Now()
	switch {
	case site == nil:
	case verdict:
		site.noBatch.Store(&now)
		site.barren.Store(nil)
	default:
		site.barren.Store(&now)
	}
}

// Barren reports whether a replica was found lately to bring a verdict by neither door.
func (s *Sender) Barren(id string) bool {
	site := s.site(id)
	if site == nil {
		return false
	}
	found := site.barren.Load()
	return found != nil && time.Since(*found) < doorMemory
}
