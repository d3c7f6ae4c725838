package delivery

import (
	"maps"
	"slices"
	"sync"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk/internal/attempt"
)

// Trouble is what went wrong with a replica since it joined.
type Trouble struct {
	Failures [attempt.Faults]int64 // by kind
	Last     string                // in words that hold no SID; "" for none
	At       time.Time             // when that was
	Status   int                   // of it; 0 when no answer came
	Refused  bool                  // the last was a refusal
}

// troubles are those of all replicas, by their IDs. The zero value works.
type troubles struct {
	mu sync.Mutex
	of map[string]*Trouble // guarded by mu
}

// note takes in what an attempt came to.
func (s *troubles) note(id string, result balancer.Result, reply attempt.Reply) {
	if reply.Err == nil || reply.Next == attempt.GaveUp {
		return
	}
	summary := reply.Summary() // before the lock: an error of the adopter's may block
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of == nil {
		s.of = map[string]*Trouble{}
	}
	t := s.of[id]
	if t == nil {
		t = &Trouble{}
		s.of[id] = t
	}
	if result == balancer.Failure {
		t.Failures[reply.Fault]++
	}
	t.Last, t.At, t.Status, t.Refused = summary, time.Now(), reply.Status, reply.Next == attempt.Refused
}

// Trouble is what went wrong with a replica; the zero value for nothing.
func (c *Carrier) Trouble(id string) Trouble {
	s := &c.troubles
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.of[id]; t != nil {
		return *t
	}
	return Trouble{}
}

// Keep forgets what went wrong with all other replicas.
func (c *Carrier) Keep(instances []discovery.Instance) {
	s := &c.troubles
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.of, func(id string, _ *Trouble) bool {
		return !slices.ContainsFunc(instances, func(i discovery.Instance) bool { return i.ID == id })
	})
}
