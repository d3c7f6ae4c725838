package balancer

import (
	"math"
	"slices"
	"time"
)

// norm is what the replicas that answer are like at one review, for others to be held against.
type norm struct {
	answering int           // that may answer: those that are in use, and not silent
	judged    int           // of them, that were asked
	share     float64       // the median over those of what they did not answer, the lower of two
	asked     counts        // of them all
	answered  time.Duration // when the latest request that one of them answered was sent
}

// silent reports whether the last requests were not answered, several in a row.
func (r *replica) silent() bool { return r.row.length.Load() >= r.balancer.options.inRow() }

// norm looks at all replicas.
func (f *fleet) norm(now time.Duration) norm {
	n := norm{answered: -1}
	shares := make([]float64, 0, len(f.members))
	for i := range f.members {
		r := f.members[i].replica
		if f.members[i].weight == 0 || r.conditions.Load()&(broken|draining|ejected) != 0 || r.silent() {
			continue
		}
		n.answering++
		if e := r.recently(); e.requests > 0 && r.fit(now) {
			n.asked = n.asked.plus(e)
			n.answered = max(n.answered, time.Duration(r.answeredAt.Load()))
			shares = append(shares, e.share())
		}
	}
	n.judged, n.share = len(shares), median(shares)
	return n
}

// failsMore is by how much more than the median an outlier does not answer, and failsSurely by how many standard errors, so
// that none is taken out by chance where all refuse every other request.
const (
	failsMore   = 0.3
	failsSurely = 5
)

// exceededBy reports whether a replica that did so much is an outlier, where the share of the others is this.
//
// Two requests are added to what the others were asked, one of them refused: a few answers do not tell that they answer all.
// With 20 answers of the others, 5 requests in a row exceed them: 1 > 1/22 + 5×√(1/22 × 21/22 × (1/5 + 1/22)) = 0.56.
func (n *norm) exceededBy(did counts, others float64) bool {
	if n.asked.requests < judgedFrom {
		return false
	}
	p := (others*n.asked.requests + 1) / (n.asked.requests + 2)
	deviation := math.Sqrt(p * (1 - p) * (1/did.requests + 1/(n.asked.requests+2)))
	return did.share() > n.share+failsMore && did.share() > p+failsSurely*deviation
}

// median is the lower one of two, and 0 of none.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return values[(len(values)-1)/2]
}

// Typical is the median over the replicas of what a request of that many SIDs takes; 0 while it is known of none. It is
// computed once a second, and at once when it is first known; a call reads it.
func (b *Balancer) Typical(work int) time.Duration {
	return time.Duration(b.typical.Load()) * time.Duration(effort(work)-perRequest+perAnswer) / (perAnswer + 1)
}

// learnTypical takes the median over the fit replicas whose latency is known.
func (b *Balancer) learnTypical(f *fleet, now time.Duration) {
	known := make([]float64, 0, len(f.members))
	for i := range f.members {
		if r := f.members[i].replica; r.fit(now) && r.load.samples.Load() > 0 {
			known = append(known, r.load.last().mean())
		}
	}
	if len(known) > 0 {
		b.typical.Store(int64(math.Exp(median(known))))
	}
}
