package balancer

import (
	"math"
	"time"
)

// inFlight is the work in flight on a replica with its age: the sum over the requests of effort × (2^36 + the tick of the
// start). In one word, so that a pick and an outcome add to it once each, and one that comes to rest is 0 exactly.
//
// With K = 2^36 + the tick of now, a sum of efforts E whose efforts × ages add up to S makes the word E×K - S, so that E is
// the word over K to the nearest, and S what remains. Two requests of effort 513 that were begun at the ticks 100 and 140,
// read at 150: K = 2^36 + 150, the word is 1026×K - 513×50 - 513×10, E = 1026 and the mean age 30780/1026 = 30 ticks. A moment that
// was read before a start makes an age below 0, and does no harm. A thousand single checks that are a minute old, about,
// take S past K/2: then E is one too low.
type inFlight uint64

const unit = 1 << 36

// stake is what a request adds when it begins and takes back when it ends.
func stake(effort int64, start time.Duration) uint64 {
	return uint64(effort) * (unit + uint64(start/tick))
}

func (p inFlight) effort(now time.Duration) int64 {
	if p == 0 {
		return 0
	}
	k := unit + uint64(now/tick)
	return int64((uint64(p) + k/2) / k)
}

// aged is the sum of the efforts times their ages in ticks.
func (p inFlight) aged(effort int64, now time.Duration) int64 {
	return int64(stake(effort, now) - uint64(p))
}

// less says that p is of less effort than q, whatever their ages, and without a division.
func (p inFlight) less(q inFlight) bool { return int64(p-q) < -unit/2 }

// younger reports whether p is of the same effort as q and clearly began later: of two replicas with one request each the one
// whose request is older is the likelier to be slow.
func (p inFlight) younger(q inFlight, now time.Duration) bool {
	e := p.effort(now)
	return e == q.effort(now) && q.aged(e, now)-p.aged(e, now) > e*int64(overdueAge/tick)
}

// Work in flight is overdue when it is this many times as old as it should take, and older than a few milliseconds, which
// a tick and a short stall of the machine leave untold. Of requests with exponential or lognormal times (sigma 1), 1 in 28
// lasts as long against the geometric mean. Taken for slow at 3 times and at once in full, 1 in 7 was, and the median of the
// simulated latencies 15 % worse.
const (
	overdueFactor = 6 // worth 1.00, 1.02: it is for fleets of two or three, of which one hangs
	overdueAge    = 5 * time.Millisecond
)

var logOverdue = math.Log(overdueFactor)

// young says that the mean of the ages by effort is too low for anything to be overdue.
func (p inFlight) young(now time.Duration) bool {
	if p == 0 {
		return true
	}
	e := p.effort(now)
	return p.aged(e, now) < e*int64(overdueAge/tick)
}

// lateness is the factor on the latency for overdue work, whose expected time is given as the logarithm for an effort of
// one: 1 when there is none, and up from there, so that little changes at the edge. What hangs is seen so before the
// first time-out. After Kratos, which takes the mean age for the latency once most of what is in flight is older than that.
func (r *replica) lateness(expected float64, now time.Duration) float64 {
	p := r.load.work()
	if p.young(now) {
		return 1
	}
	e := p.effort(now)
	over := math.Log(float64(p.aged(e, now))/float64(e)*float64(tick)) - expected - logOverdue
	if over > 0 {
		over -= math.Log(float64(r.largest(e)-perRequest+perAnswer) / (perAnswer + 1))
	}
	return math.Exp(max(0, over))
}

// largest is the most effort that a single one of the requests in flight can be of.
func (r *replica) largest(effort int64) int64 {
	return max(perRequest+1, effort-(perRequest+1)*(r.tally.inFlight()-1))
}
