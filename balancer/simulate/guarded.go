package simulate

import (
	"slices"
	"time"
)

// guarded is a policy whose adopter puts a breaker like ours in front of each replica: while one lets nothing through, the
// policy is not told of the replica. A replica on trial is picked like any other, when the policy likes to.
type guarded struct {
	policy
	*simulation
	known    []int
	breakers []breaker
	opened   bool // one of them did, once
}

// guard makes a policy guarded.
func guard(newPolicy maker) maker {
	return func(s *simulation, seed uint64) policy {
		return &guarded{policy: newPolicy(s, seed), simulation: s, breakers: make([]breaker, len(s.replicas))}
	}
}

func (g *guarded) update(members []int) {
	g.known = members
	g.policy.update(members)
}

func (g *guarded) pick(work int, tried []int) (int, func(outcome)) {
	out, ok := g.out(tried)
	if !ok {
		return none, nothing
	}
	chosen, done := g.policy.pick(work, out)
	b := &g.breakers[chosen]
	generation := b.begin()
	return chosen, func(o outcome) {
		done(o)
		b.end(generation, g.now, o == answered)
		g.opened = g.opened || b.isOpen()
		g.measured.opened = g.measured.opened || g.opened
	}
}

// out are the replicas that the policy must leave out: those that are shut or were tried, or the shut ones alone when nothing
// else would be left. It is not ok when all are shut.
func (g *guarded) out(tried []int) (out []int, ok bool) {
	if !g.opened {
		return tried, true
	}
	shut := slices.DeleteFunc(slices.Clone(g.known), func(i int) bool { return !g.breakers[i].shut(g.now) })
	both := append(slices.Clone(shut), tried...)
	if slices.ContainsFunc(g.known, func(i int) bool { return !slices.Contains(both, i) }) {
		return both, true
	}
	return shut, len(shut) < len(g.known)
}

// breaker does what gobreaker's two-step one does with the settings of ours: 5 failures in a row open it for 2 s, after which
// one request decides.
type breaker struct {
	failures   int           // in a row
	until      time.Duration // 0 while it is closed
	probing    bool          // the request that decides is in flight
	generation int           // of the state: outcomes of requests from before it say nothing
}

const (
	breakerFailures = 5
	breakerOpen     = 2 * time.Second
)

func (b *breaker) isOpen() bool { return b.until > 0 }

// shut reports whether it lets nothing through.
func (b *breaker) shut(now time.Duration) bool { return b.isOpen() && (b.probing || now <= b.until) }

// begin takes note of a request that it let through and returns what to report its outcome with.
func (b *breaker) begin() (generation int) {
	if b.isOpen() {
		b.probing = true
	}
	return b.generation
}

func (b *breaker) end(generation int, now time.Duration, ok bool) {
	switch {
	case generation != b.generation:
	case ok && b.probing:
		*b = breaker{generation: b.generation + 1}
	case ok:
		b.failures = 0
	case b.probing || b.failures+1 == breakerFailures:
		*b = breaker{until: now + breakerOpen, generation: b.generation + 1}
	default:
		b.failures++
	}
}
