package balancer

// Untried says whether a pick that avoids these IDs would yield another: whether a retry may go at once to a replica that
// was not asked yet. It looks at all replicas, for the rare moment after a failure.
func (b *Balancer) Untried(tried ...string) bool {
	now, fleet := b.now(), b.fleet.Load()
	for i := range fleet.members {
		if fleet.members[i].rank(now, tried) < triedFit {
			return true
		}
	}
	return false
}
