package balancer

import (
	"slices"
	"time"
)

const (
	reviewEvery = time.Second // the first pick past it compares the replicas: 50 µs for 1,000 of them
	judgedFrom  = 8           // requests since it was last judged: fewer tell nothing, unless it was asked several in a row in vain
)

// review finds outliers, takes back what is none any more, and sees whether too few replicas are left. It returns when the next
// is due.
func (b *Balancer) review(f *fleet, now time.Duration) time.Duration {
	b.reviews.Lock()
	defer b.reviews.Unlock()
	urgent, regular := b.urgent.Swap(false), now >= b.reviewAt
	b.watchDark(f)
	n := f.norm(now)
	b.norm = n
	if regular {
		b.reviewAt = now + reviewEvery
		b.learnTypical(f, now)
	}
	room := b.recall(f, now, n)
	if (regular || urgent) && b.options.MaxEjected >= 0 {
		for _, o := range f.outliers(now, n, regular) {
			if r := o.member.replica; room.takes(o) {
				r.eject(now, o)
			} else {
				r.withhold(now, o, room)
			}
		}
	}
	b.takeStock(f, now)
	if regular {
		for i := range f.members {
			f.members[i].replica.tellAiling(now)
		}
	}
	return b.reviewAt
}

// finding is why a replica is an outlier.
type finding struct {
	member *member
	share  float64 // that was not answered
	mute   bool    // it answers nothing
	grounds
}

// outliers are the fit replicas that answer far less than the others, the worst first. In between the regular reviews, those that
// answer nothing.
func (f *fleet) outliers(now time.Duration, n norm, regular bool) (found []finding) {
	for i := range f.members {
		m := &f.members[i]
		r := m.replica
		if m.weight <= 0 || !r.fit(now) {
			continue
		}
		others, window := n, counts{}
		if !r.silent() {
			others.asked = n.asked.minus(r.recently())
		}
		if regular {
			window = r.judge()
		}
		if did, ok := r.failing(others, window); ok {
			found = append(found, finding{m, did.share(), r.mute(), n.grounds(r, did)})
		} else if window.requests > 0 {
			r.ejection.withheld.Store(nil)
		}
	}
	slices.SortFunc(found, worstFirst)
	return found
}

// failing is what the replica did, and whether others answer more by far. Of a few others the median may be 0 by chance: it is not
// enough for requests that are looked at because they were not answered.
func (r *replica) failing(n norm, window counts) (did counts, ok bool) {
	if r.silent() {
		row := inVain(r.row.length.Load())
		return row, r.row.since.Load() <= int64(n.answered) && n.exceededBy(row, max(n.share, n.asked.share()))
	}
	return window, n.judged > 1 && n.exceededBy(window, n.share) && !r.healed(window) // one is itself
}

// mute reports whether a silent replica answers nothing at all: one that fails every other request fails a few in a row by
// chance.
func (r *replica) mute() bool { return r.row.length.Load() >= 2*r.balancer.options.inRow() }
