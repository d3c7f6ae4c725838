package consul

import (
	"time"

	"ms2.internal/lb/discovery"
)

// smallSet is the size below which a set may shrink by any share without being doubted.
const smallSet = 4

// belief decides whether the agent's word is taken: an agent that has just restarted, lost its leader or had its token
// revoked says in good faith that there is nothing.
type belief struct {
	grace      time.Duration
	known      []discovery.Instance // the set in use; nil before the first
	emptySince time.Time            // when it was confirmed that none of known is left; zero: it was not
}

// doubts reports whether found must be asked for again before it is believed.
func (b *belief) doubts(found []discovery.Instance) bool {
	if len(found) == 0 {
		return len(b.known) > 0 && b.emptySince.IsZero()
	}
	return len(b.known) >= smallSet && 2*len(found) < len(b.known)
}

// hold reports whether the known set stays in use at now although found was confirmed. The grace begins with the first
// empty answer and ends with the first other one.
func (b *belief) hold(found []discovery.Instance, now time.Time) bool {
	if len(found) > 0 || len(b.known) == 0 {
		b.emptySince = time.Time{}
		return false
	}
	if b.emptySince.IsZero() {
		b.emptySince = now
	}
	return now.Before(b.until())
}

// until is when the grace ends; the zero time when none is running.
func (b *belief) until() time.Time {
	if b.emptySince.IsZero() {
		return time.Time{}
	}
	return b.emptySince.Add(b.grace)
}

// shaken forgets a confirmation: after a failure an empty answer has to be confirmed anew.
func (b *belief) shaken() { b.emptySince = time.Time{} }

// adopt takes found into use and reports whether it differs from what was.
func (b *belief) adopt(found []discovery.Instance) bool {
	b.emptySince = time.Time{}
	changed := b.known == nil || !sameSet(b.known, found)
	b.known = found
	return changed
}
