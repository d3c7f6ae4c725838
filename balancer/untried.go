package balancer

import "slices"

// Untried reports whether a pick that avoids these IDs would yield another, so that a retry may go at once to a replica
// that was not asked yet. It looks at all replicas, for the rare moment after a failure.
func (b *Balancer) Untried(tried ...string) bool {
	now, fleet := b.now(), b.fleet.Load()
	return slices.ContainsFunc(fleet.members, func(m member) bool { return m.rank(now, tried) < triedFit })
}
