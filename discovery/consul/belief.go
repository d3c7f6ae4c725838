package consul

import (
	"time"

	"ms2.internal/lb/discovery"
)

// smallSet is the size below which a set may shrink by any share without being doubted for that alone.
const smallSet = 4

// belief decides whether the agent's word is taken: an agent that has just restarted, lost its leader or had its token
// revoked says in good faith that there is nothing.
type belief struct {
	grace      time.Duration
	trustEmpty bool
	known      []discovery.Instance // the set in use; nil before the first
	masked     bool                 // known was told while Consul hid something
	emptySince time.Time            // when it was confirmed that none of known is left; zero: it was not
}

// doubts reports whether a must be asked for again before it is believed: because of what it says, or because it comes
// from the agent's stream and nothing there accounts for what it says.
func (b *belief) doubts(a answer) bool {
	blocked := a.asked.index != 0
	switch {
	case blocked && a.wentBack() && !discovery.Same(a.instances, b.known):
		return true
	case blocked && b.lost(a.instances) && (a.acl.on || a.index == a.asked.index):
		return true
	case len(a.instances) == 0:
		return !b.trustEmpty && len(b.known) > 0 && b.emptySince.IsZero()
	}
	return len(b.known) >= smallSet && 2*len(a.instances) < len(b.known)
}

// refuses reports whether a, though confirmed, lacks instances only because they are hidden from the token. A token that
// never saw all has to be believed when it sees fewer, unless it sees none.
func (b *belief) refuses(a answer) bool {
	if !a.acl.masked {
		return false
	}
	return len(a.instances) == 0 || !b.masked && b.lost(a.instances)
}

// lost reports whether a known instance is not among found. Both are sorted by ID.
func (b *belief) lost(found []discovery.Instance) bool {
	next := 0
	for _, known := range b.known {
		for next < len(found) && found[next].ID < known.ID {
			next++
		}
		if next == len(found) || found[next].ID != known.ID {
			return true
		}
	}
	return false
}

// hold reports whether the known set stays in use at now although found was confirmed. The grace begins with the first
// empty answer and ends with the first other one.
func (b *belief) hold(found []discovery.Instance, now time.Time) bool {
	if len(found) > 0 || len(b.known) == 0 || b.trustEmpty {
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

// shaken forgets a confirmation: after a failure an empty answer has to be confirmed again.
func (b *belief) shaken() { b.emptySince = time.Time{} }

// adopt takes what a found into use and reports whether it differs from what was.
func (b *belief) adopt(a answer) bool {
	b.shaken()
	b.see(a)
	changed := b.known == nil || !discovery.Same(b.known, a.instances)
	b.known = a.instances
	return changed
}

// see notes whether Consul hides something. Only an answer that did not come from the agent's stream can say that it does
// not.
func (b *belief) see(a answer) {
	if a.acl.masked || a.asked.index == 0 {
		b.masked = a.acl.masked
	}
}
