package balancer

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

const (
	reviewEvery = time.Second // the first pick past it compares the replicas: 50 µs for 1,000 of them
	judgedFrom  = 8           // requests since it was last judged: fewer tell nothing, unless it was asked several in a row in vain
)

// review finds outliers, takes back what is none any more, and sees whether too few replicas are left. It returns the moment
// of the next.
func (b *Balancer) review(f *fleet, now time.Duration) time.Duration {
	b.reviews.Lock()
	defer b.reviews.Unlock()
	urgent, regular := b.urgent.Swap(false), now >= b.reviewAt
	b.watchDark(f)
	n := f.norm(now)
	b.norm = n
	f.pardon(now, n)
	if regular {
		b.reviewAt = now + reviewEvery
		b.learnTypical(f, now)
	}
	var found []finding
	if (regular || urgent) && b.options.MaxEjected >= 0 {
		found = f.outliers(now, n, regular)
	}
	b.allot(f, now, found)
	b.takeStock(f, now)
	return b.reviewAt
}

// finding is why a replica is an outlier.
type finding struct {
	member *member
	share  float64 // that was not answered
	mute   bool    // it answers nothing
	why    string
}

// outliers are the fit replicas that answer far less than the others. In between the regular reviews, those that answer nothing.
func (f *fleet) outliers(now time.Duration, n norm, regular bool) (found []finding) {
	for i := range f.members {
		m := &f.members[i]
		r := m.replica
		if m.weight <= 0 || !r.fit(now) {
			continue
		}
		var window counts
		if regular {
			window = r.judge()
		}
		if o, ok := m.unanswering(n, window); ok {
			found = append(found, o)
		}
	}
	return found
}

// unanswering finds a replica that answers nothing while others do, and one that answers less than they by far.
func (m *member) unanswering(n norm, window counts) (finding, bool) {
	r := m.replica
	switch {
	case r.silent():
		row := float64(r.row.length.Load())
		meanwhile := r.row.since.Load() <= int64(n.answered)
		return finding{m, 1, r.mute(), n.words(row, row)}, meanwhile && n.exceededBy(row)
	case window.requests > 0 && n.judged > 1: // itself and another
		share := window.share()
		return finding{m, share, false, n.words(window.unanswered, window.requests)}, n.exceeds(share, window.requests, n.share) && !r.healed(window)
	}
	return finding{}, false
}

// mute reports whether a silent replica answers nothing at all: one that fails every other request fails a few in a row by
// chance.
func (r *replica) mute() bool { return r.row.length.Load() >= 2*r.balancer.options.inRow() }

// words say how much a replica did not answer.
func (n *norm) words(unanswered, requests float64) string {
	return fmt.Sprintf("%s of its last %.0f requests were not answered, of the others' %.0f %%",
		strconv.FormatFloat(math.Round(unanswered*10)/10, 'f', -1, 64), requests, 100*n.share)
}

// brief rounds to what a person reads.
func brief(d time.Duration) time.Duration {
	switch {
	case d >= 10*time.Second:
		return d.Round(time.Second)
	case d >= 10*time.Millisecond:
		return d.Round(time.Millisecond)
	}
	return d.Round(10 * time.Microsecond)
}
