package delivery

import (
	"maps"
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
	Cause    attempt.Cause         // of that; "" for none
	At       time.Time             // when that was
	Status   int                   // of it; 0 when no answer came
	Refused  bool                  // the last was a refusal
}

// troubles are those of all replicas, by their IDs. The zero value works.
type troubles struct {
	mu sync.Mutex
	of map[string]*Trouble // guarded by mu
}

// note takes in what an attempt came to, unless the replica was removed meanwhile.
func (s *troubles) note(id string, result balancer.Result, reply attempt.Reply, sender *attempt.Sender) {
	if reply.Err == nil || reply.Next == attempt.GaveUp {
		return
	}
	summary := reply.Summary()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of == nil {
		s.of = map[string]*Trouble{}
	}
	t := s.of[id]
	if t == nil {
		if !sender.Knows(id) { // it would be kept until the set changes again
			return
		}
		t = &Trouble{}
		s.of[id] = t
	}
	if result == balancer.Failure {
		t.Failures[reply.Fault]++
	}
	t.Last, t.Cause, t.At, t.Status, t.Refused = summary, reply.Cause, time.Now(), reply.Status, reply.Next == attempt.Refused
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

// Keep forgets what went wrong with all other replicas, and how long they took.
func (c *Carrier) Keep(instances []discovery.Instance) {
	ids := make(map[string]bool, len(instances))
	for _, i := range instances {
		ids[i.ID] = true
	}
	c.troubles.keep(ids)
	c.latencies.keep(ids)
}

func (s *troubles) keep(ids map[string]bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.of, func(id string, _ *Trouble) bool { return !ids[id] })
}
