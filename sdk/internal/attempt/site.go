package attempt

import (
	"maps"
	"sync/atomic"
	"time"

	"ms2.internal/lb/discovery"
)

// site is what is remembered of one replica as an HTTP server, for as long as its instance does not change.
type site struct {
	instance discovery.Instance
	noBatch  atomic.Pointer[time.Time] // when its batch door was last found missing; nil: never
}

// doorMemory is for how long a missing batch door is believed: MS2 rolls it out replica by replica.
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

func (s *site) learnBatchDoor(there bool) {
	if there {
		s.noBatch.Store(nil)
		return
	}
	now := time.Now()
	s.noBatch.Store(&now)
}
