package balancer

import (
	"math"
	"slices"
	"time"
)

// Typical is the median over the replicas of what a request of that many SIDs takes; 0 while it is known of none. It is
// computed once a second, and at once when it is first known; a call reads it.
func (b *Balancer) Typical(work int) time.Duration {
	return time.Duration(b.typical.Load()) * time.Duration(effort(work)-perRequest+perAnswer) / (perAnswer + 1)
}

// learnTypical takes the median, the lower of two, over the replicas whose latency is known.
func (b *Balancer) learnTypical(f *fleet) {
	known := make([]float64, 0, len(f.members))
	for i := range f.members {
		if l := &f.members[i].replica.load; l.samples.Load() > 0 {
			known = append(known, l.last().mean())
		}
	}
	if len(known) > 0 {
		slices.Sort(known)
		b.typical.Store(int64(math.Exp(known[(len(known)-1)/2])))
	}
}
