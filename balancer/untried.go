package balancer

import (
	"slices"
	"time"
)

// Untried reports whether a pick that avoids these IDs would yield another, so that a retry may go at once to a replica
// that was not asked yet. It looks at all replicas, for the rare moment after a failure.
func (b *Balancer) Untried(tried ...string) bool {
	wait, ok := b.UntriedIn(tried...)
	return ok && wait == 0
}

// UntriedIn is how long it takes until a replica outside of these IDs may be asked, 0 for now: as Untried, but for one that rests.
// ok is false when there is none, or none whose breaker is closed.
func (b *Balancer) UntriedIn(tried ...string) (wait time.Duration, ok bool) {
	now, first := b.now(), never
	for _, m := range b.fleet.Load().members {
		if m.replica.caveats.Load()&broken == 0 && !slices.Contains(tried, m.instance.ID) {
			first = min(first, time.Duration(m.replica.rest.hard.Load()))
		}
	}
	return max(0, first-now), first != never
}
