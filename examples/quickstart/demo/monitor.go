package demo

import (
	"context"
	"sync"
	"time"

	"ms2.internal/lb/examples/quickstart/fleet"
	"ms2.internal/lb/sdk"
)

// monitor reads MS1's statistics again and again: a replica that leaves and returns counts from nothing in them, and its
// breaker is open for a short time only.
type monitor struct {
	fleet *fleet.Fleet

	mu       sync.Mutex
	stats    sdk.Stats             // the latest; guarded by mu, as is all below
	replicas map[string]*sightings // by address
}

// sightings are what was seen of one replica.
type sightings struct {
	last      sdk.ReplicaStats
	picks     int64 // over all its lives
	failures  int64 // over all its lives
	broken    bool  // its breaker was open
	forgotten bool  // it was gone from the set
	before    int64 // picks when it was started again
}

func newMonitor(f *fleet.Fleet) *monitor {
	return &monitor{fleet: f, replicas: map[string]*sightings{}}
}

// lookEvery is how often the statistics are read.
const lookEvery = 200 * time.Millisecond

// run reads until load ends.
func (m *monitor) run(load context.Context) error {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		if err := m.look(load); err != nil && load.Err() == nil {
			return err
		}
		select {
		case <-load.Done():
			return nil
		case <-ticker.C:
		}
	}
}

func (m *monitor) look(ctx context.Context) error {
	stats, err := m.fleet.Stats(ctx)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stats = stats
	there := map[string]bool{}
	for _, r := range stats.Replicas {
		there[r.Addr] = true
		s := m.replicas[r.Addr]
		if s == nil {
			s = &sightings{}
			m.replicas[r.Addr] = s
		}
		s.add(r)
	}
	for addr, s := range m.replicas {
		s.forgotten = s.forgotten || !there[addr]
	}
	return nil
}

// add counts what is new since the last look.
func (s *sightings) add(r sdk.ReplicaStats) {
	if r.Picks < s.last.Picks { // another life
		s.last = sdk.ReplicaStats{}
	}
	s.picks += r.Picks - s.last.Picks
	s.failures += r.Failures - s.last.Failures
	s.broken = s.broken || r.Breaker != "closed"
	s.last = r
}

// returned notes that a replica was started again.
func (m *monitor) returned(addr string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s := m.replicas[addr]; s != nil {
		s.before = s.picks
	}
}
