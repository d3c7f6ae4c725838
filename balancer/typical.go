package balancer

import (
	"math"
	"time"
)

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
