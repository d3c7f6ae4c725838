package fleet_test

import (
	"sync"
	"time"
)

// neglect measures for how long a replica that was healthy got no request.
type neglect struct {
	mu      sync.Mutex
	healthy bool          // guarded by mu
	since   time.Time     // guarded by mu: when it became healthy or got its last request
	met     bool          // guarded by mu: it got one since it became healthy
	longest time.Duration // guarded by mu
}

// turn says whether the replica is healthy from now on.
func (n *neglect) turn(healthy bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if healthy == n.healthy {
		return
	}
	n.endLocked()
	n.healthy, n.met = healthy, false
}

// end says that a request came.
func (n *neglect) end() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.endLocked()
	n.met = true
}

func (n *neglect) endLocked() {
	now := time.Now()
	if n.healthy {
		n.longest = max(n.longest, now.Sub(n.since))
	}
	n.since = now
}

// isOver says whether the replica is healthy and got a request since it is.
func (n *neglect) isOver() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.healthy && n.met
}

// worst is the longest neglect, the one that lasts included.
func (n *neglect) worst() time.Duration {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.endLocked()
	return n.longest
}
