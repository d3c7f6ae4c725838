package simulate

import (
	"slices"
	"time"
)

// What the client around every policy allows.
const (
	attemptTimeout = 500 * time.Millisecond
	deadline       = 2 * time.Second
)

// simulation is one run of one policy.
type simulation struct {
	timeline
	scenario *scenario
	replicas []*replica
	members  []int    // the replicas that joined
	policies []policy // one for each client
	awaited  []int    // requests in flight of all clients, for each replica
	measured measured
}

// play plays the traffic to a policy and returns what was measured.
func play(s *scenario, traffic []request, seed uint64, newPolicy maker) measured {
	sim := &simulation{scenario: s}
	horizon := traffic[len(traffic)-1].at
	for i, b := range s.fleet(horizon, seed) {
		sim.replicas = append(sim.replicas, &replica{behaviour: b, timeline: &sim.timeline})
		if b.joins == 0 {
			sim.members = append(sim.members, i)
			continue
		}
		sim.after(b.joins, func() { sim.join(i) })
	}
	sim.awaited = make([]int, len(sim.replicas))
	for client := range s.clients {
		sim.policies = append(sim.policies, newPolicy(sim, seed*1_000_003+uint64(client)))
	}
	sim.update()
	sim.measured = newMeasured(sim, len(traffic))
	sim.offer(traffic)
	sim.play()
	return sim.measured
}

func (s *simulation) join(i int) {
	s.members = append(slices.Clip(s.members), i)
	s.update()
}

// update tells every client which replicas there are, or a subset of them.
func (s *simulation) update() {
	for client, p := range s.policies {
		p.update(s.scenario.subsetOf(s.members, client))
	}
}

// offer plans the first of the traffic, which plans the next.
func (s *simulation) offer(traffic []request) {
	if len(traffic) == 0 {
		return
	}
	s.after(traffic[0].at-s.now, func() {
		s.try(&check{request: &traffic[0], began: s.now})
		s.offer(traffic[1:])
	})
}

// check is a request and how far it has come.
type check struct {
	request *request
	began   time.Duration
	tried   []int
}

// try makes the next attempt at once.
func (s *simulation) try(c *check) {
	chosen, done := s.policies[c.request.client].pick(c.request.work, c.tried)
	if chosen == none {
		s.measured.add(c, deadline, false)
		return
	}
	number := len(c.tried)
	c.tried = append(c.tried, chosen)
	s.measured.picks[chosen]++
	s.awaited[chosen]++
	a := &attempt{request: c.request, number: number, service: s.scenario.service(c.request, number)}
	end := func(o outcome) {
		if a.over {
			return
		}
		a.over = true
		s.awaited[chosen]--
		done(o)
		s.conclude(c, o == answered)
	}
	a.answer = s.travels(c.request.client, chosen, end)
	s.after(min(attemptTimeout, c.began+deadline-s.now), func() { end(failed) })
	s.replicas[chosen].take(a)
}

// travels lets what a replica answers come later when it is in another zone than the client.
func (s *simulation) travels(client, replica int, end func(outcome)) func(outcome) {
	if s.scenario.distance == 0 || s.scenario.zone(client) == s.replicas[replica].zone() {
		return end
	}
	return func(o outcome) { s.after(s.scenario.distance, func() { end(o) }) }
}

// conclude is told how the latest attempt ended.
func (s *simulation) conclude(c *check, ok bool) {
	switch took := s.now - c.began; {
	case ok:
		s.measured.add(c, took, true)
	case len(c.tried) < attempts && took < deadline:
		s.try(c)
	default:
		s.measured.add(c, deadline, false)
	}
}
