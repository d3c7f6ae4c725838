package balancer

import (
	"cmp"
	"math"
	"slices"
	"time"
)

const (
	reviewEvery = time.Second // the first pick past it compares the replicas: 50 µs for 1,000 of them
	failsMore   = 0.3         // an outlier's share of failures beyond the median
	judgedFrom  = 8           // outcomes since it was last judged: fewer tell nothing
	judgedOf    = 3           // replicas: among two there is no telling which is the outlier
)

// slower is how many times the median's latency is an outlier's, as a logarithm.
var slower = math.Log(8)

// review finds outliers, and whether too few replicas are left. It returns the moment of the next.
func (b *Balancer) review(f *fleet, now time.Duration) time.Duration {
	b.reviews.Lock()
	defer b.reviews.Unlock()
	most := int(b.options.MaxEjected * float64(len(f.members)))
	room := most - f.leftOut(now, most)
	if now >= b.reviewAt {
		b.reviewAt = now + reviewEvery
		b.ejectOutliers(f, now, room)
		b.learnTypical(f)
	}
	fit, usable := f.count(now)
	b.panicking.Store(usable > 0 && 2*fit < len(f.members))
	b.resize(f, len(f.members)-fit)
	return b.reviewAt
}

// leftOut counts the replicas that are left out though their breaker is closed. When those that are leaving or have weight
// 0 need the room, since that is the most that may be, outliers come back.
func (f *fleet) leftOut(now time.Duration, most int) (count int) {
	for i := range f.members {
		if m := &f.members[i]; m.instance.Weight <= 0 || m.replica.caveats.Load()&draining != 0 {
			count++
		}
	}
	for i := range f.members {
		m := &f.members[i]
		switch c := m.replica.caveats.Load(); {
		case c&ejected == 0:
		case c&broken != 0 || count >= most: // the breaker takes over, or there is no room
			m.replica.readmit(now)
		case m.instance.Weight > 0 && c&draining == 0:
			count++
		}
	}
	return count
}

// ejectOutliers takes out the worst, as many as there is room for.
func (b *Balancer) ejectOutliers(f *fleet, now time.Duration, room int) {
	found := b.outliers(f, now)
	for _, r := range found[:max(0, min(room, len(found)))] {
		r.eject(now)
	}
}

// outliers are the fit replicas that are far from the median, the worst first.
func (b *Balancer) outliers(f *fleet, now time.Duration) []*replica {
	judged := make([]*replica, 0, len(f.members))
	for i := range f.members {
		if m := &f.members[i]; m.instance.Weight > 0 && m.replica.fit(now) && m.replica.judge() {
			judged = append(judged, m.replica)
		}
	}
	if len(judged) < judgedOf {
		return nil
	}
	failures, latency := median(judged, (*replica).failing), median(judged, (*replica).slowness)
	b.bound = latency + slower
	found := slices.DeleteFunc(judged, func(r *replica) bool { return !r.farFrom(failures, b.bound) })
	slices.SortFunc(found, worstFirst)
	return found
}

func worstFirst(x, y *replica) int {
	return cmp.Or(cmp.Compare(y.failing(), x.failing()), cmp.Compare(y.slowness(), x.slowness()))
}

// judge takes in what became of the picks since it last did, if those were enough. A replica that costs much is seldom
// asked: that may take seconds.
func (r *replica) judge() bool {
	e, failures := &r.ejection, r.tally.failures.Load()
	outcomes := r.tally.successes.Load() + failures
	if outcomes-e.outcomes < judgedFrom {
		return false
	}
	e.share = float64(failures-e.failures) / float64(outcomes-e.outcomes)
	e.outcomes, e.failures = outcomes, failures
	return true
}

// farFrom says whether a replica that was judged is an outlier. Its latency may be that of a few requests which stalled:
// it must be found slow twice in a row.
func (r *replica) farFrom(failures, bound float64) bool {
	e := &r.ejection
	if r.slowness() <= bound {
		e.strikes = 0
	} else {
		e.strikes++
	}
	return e.strikes >= 2 || e.share > failures+failsMore
}

func (r *replica) failing() float64  { return r.ejection.share }
func (r *replica) slowness() float64 { return r.load.last().mean() }

func median(replicas []*replica, of func(*replica) float64) float64 {
	values := make([]float64, len(replicas))
	for i, r := range replicas {
		values[i] = of(r)
	}
	slices.Sort(values)
	return values[(len(values)-1)/2]
}
