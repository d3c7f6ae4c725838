package balancer

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"
)

const (
	reviewEvery = time.Second // the first pick past it compares the replicas: 50 µs for 1,000 of them
	judgedFrom  = 8           // requests since it was last judged: fewer tell nothing, unless it was asked several in a row in vain
	judgedOf    = 3           // replicas, by latency: among two there is no telling which is the outlier
)

// slower is ln 8: an outlier's mean latency is 8 times the median's.
var slower = math.Log(8)

// review finds outliers, takes back what is none any more, and sees whether too few replicas are left. It returns the moment
// of the next.
func (b *Balancer) review(f *fleet, now time.Duration) time.Duration {
	b.reviews.Lock()
	defer b.reviews.Unlock()
	urgent, regular := b.urgent.Swap(false), now >= b.reviewAt
	b.watchDark(f)
	n := f.norm(now)
	b.norm = n
	room := b.recall(f, now, n)
	if regular {
		b.reviewAt = now + reviewEvery
		b.learnTypical(f, now)
	}
	if regular || urgent {
		b.ejectOutliers(f.outliers(now, n, b.bound(), regular), now, room)
	}
	b.takeStock(f, now)
	return b.reviewAt
}

// finding is why a replica is an outlier.
type finding struct {
	replica *replica
	share   float64 // that was not answered; 0 when it is slow
	mute    bool    // it answers nothing
	why     string
}

// ejectOutliers takes out the worst, as many as there is room for. One that answers nothing has no capacity to lose, and needs
// none.
func (b *Balancer) ejectOutliers(found []finding, now time.Duration, room int) {
	slices.SortFunc(found, worstFirst)
	for _, o := range found {
		switch {
		case b.options.MaxEjected < 0:
			return
		case o.mute:
		case room > 0:
			room--
		default:
			continue
		}
		o.replica.eject(now, o)
	}
}

func worstFirst(x, y finding) int {
	return cmp.Or(cmp.Compare(y.share, x.share), cmp.Compare(y.replica.slowness(), x.replica.slowness()))
}

// outliers are the fit replicas that are far from what the others do. In between the regular reviews, those that answer
// nothing.
func (f *fleet) outliers(now time.Duration, n norm, bound float64, regular bool) (found []finding) {
	var judged []*replica
	for i := range f.members {
		m := &f.members[i]
		if r := m.replica; m.instance.Weight > 0 && r.fit(now) {
			window, judgedNow := counts{}, false
			if regular {
				window, judgedNow = r.judge()
			}
			switch o, ok := r.unanswering(n, window); {
			case ok:
				found = append(found, o)
			case judgedNow && r.load.samples.Load() > 0:
				judged = append(judged, r)
			}
		}
	}
	return append(found, slow(judged, bound)...)
}

// unanswering finds a replica that answers nothing while others do, and one that answers less than they by far.
func (r *replica) unanswering(n norm, window counts) (finding, bool) {
	switch {
	case r.silent():
		row := float64(r.row.length.Load())
		meanwhile := r.row.since.Load() <= int64(n.answered)
		return finding{r, 1, r.mute(), n.words(row, row)}, meanwhile && n.exceededBy(row)
	case window.requests > 0 && n.judged > 1: // itself and another
		share := window.share()
		return finding{r, share, false, n.words(window.unanswered, window.requests)}, n.exceeds(share, window.requests, n.share)
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

// slow are the replicas that take far longer than the median. A latency may be that of a few requests which stalled: it must
// be found twice in a row.
func slow(judged []*replica, bound float64) (found []finding) {
	if len(judged) < judgedOf {
		return nil
	}
	for _, r := range judged {
		if e := &r.ejection; r.slowness() <= bound {
			e.strikes = 0
		} else if e.strikes++; e.strikes >= 2 {
			found = append(found, finding{replica: r, why: r.tooSlow(r.load.estimate())})
		}
	}
	return found
}

// tooSlow says so in words.
func (r *replica) tooSlow(took time.Duration) string {
	return fmt.Sprintf("a request takes it %v, the others %v", brief(took), brief(r.balancer.Typical(1)))
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

func (r *replica) slowness() float64 { return r.load.last().mean() }

// bound is from what latency on a replica is an outlier, as a logarithm.
func (b *Balancer) bound() float64 {
	if typical := b.typical.Load(); typical > 0 {
		return math.Log(float64(typical)) + slower
	}
	return math.Inf(1)
}
