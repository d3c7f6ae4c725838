package balancer

import (
	"math"
	"time"
)

// What one more request costs on a replica is what it would wait there, if the replica worked off its requests in turn:
//
//	cost = latency × penalty for failures × lateness × (1 + queue)
//
// After Finagle's balancer with peak EWMA, whose estimate is decayed by time, so that an idle replica is tried again. Costs are
// compared in pairs: slowness is the ratio of their first three factors, in which what is unknown of one counts as the other's.

// band is the ratio of two latencies up to which they count as equal. Estimates of equal replicas differ by noise;
// below it the work in flight tells them apart better. It is narrower where both estimates rest on many answers.
const (
	band       = 2.0
	narrowBand = 1.5
	narrowFrom = 12 // answers within forgivenOver; worth 1.01, 1.07
)

// bandOf is the band of a pair.
func bandOf(x, y *load) float64 {
	if min(x.samples.Load(), y.samples.Load()) >= narrowFrom {
		return narrowBand
	}
	return band
}

// compare reports whether a costs less than b, which was drawn first and has the better claim, and whether it was speed that
// told them apart.
func compare(a, b *member, now time.Duration, c *chance) (cheaper, bySpeed bool) {
	if quiet(a.replica, b.replica, now) {
		return shorter(a, b, now), false
	}
	slow, queueA, queueB := slowness(a.replica, b.replica, now), a.queue(now), b.queue(now)
	switch granule := granule(a.stepNow(now), b.stepNow(now)); {
	case slow == 1 && queueA == queueB && granule == 0:
		return a.replica.load.work().younger(b.replica.load.work(), now), false
	case slow == 1:
		return queueB-queueA > granule, false
	case math.Abs(queueA-queueB) > granule:
		return slow*(1+queueA) < 1+queueB, true
	case slow < 1 && explores(slow*bandOf(&a.replica.load, &b.replica.load), c):
		return false, false
	}
	return slow < 1, true
}

// shorter reports the same of two that only the work in flight tells apart.
func shorter(a, b *member, now time.Duration) bool {
	p, q := a.replica.load.work(), b.replica.load.work()
	if a.step == b.step {
		return p.less(q)
	}
	return q != 0 && b.queue(now)-a.queue(now) > granule(a.step, b.step)
}

// farCheaper reports whether a member of another zone costs less than a near one by as much as crossing is worth.
func farCheaper(far, near *member, now time.Duration) bool {
	return crossingFactor*slowness(far.replica, near.replica, now)*(1+far.queue(now)) < 1+near.queue(now)
}

// queue is the work in flight in requests of one SID, relative to the member's share of the traffic.
func (m *member) queue(now time.Duration) float64 {
	p := m.replica.load.work()
	if p == 0 {
		return 0
	}
	return float64(p.effort(now)) / (perRequest + 1) * m.stepNow(now)
}

// stepNow is by how much one request lengthens the queue: by more while a replica warms up.
func (m *member) stepNow(now time.Duration) float64 { return m.step / m.replica.warmth(now) }

// granule is how far two queues may be apart for no other reason than that requests are whole: one request lengthens
// the queue of a small share by more. Below it the draw by weight decides. Weights 1 and 4 alone give steps of 2.5 and
// 0.625: with one request on the heavy one the light one has no claim to the next, with four it has.
func granule(a, b float64) float64 { return math.Abs(a - b) }

// explores decides by chance that a slower replica gets the request all the same; edge is what the ratio of the latencies may
// be, over what it is. Always at the edge of the band, in 6 % of the cases at twice that. Without it p99 is 1 % shorter in the
// mean, but one that is 1.7 times as slow gets 5 % of what two share and not 33 %, and noise moves shares from the weights.
func explores(edge float64, c *chance) bool { return c.within(edge * edge * edge * edge) }

// cost is that of one more request of one SID, for the operator: between two replicas what is unknown and time count, too.
func (m *member) cost(now time.Duration) time.Duration {
	l := &m.replica.load
	if l.samples.Load() == 0 {
		return 0
	}
	mean := l.last().mean()
	cost := math.Exp(mean) * l.penalty(now) * m.replica.lateness(mean, now) * (1 + m.queue(now))
	return time.Duration(min(cost, float64(never/2))).Round(time.Microsecond)
}

// slowness is how many times as slow x is as y, failures and late work counted in; 1 when that is within the band.
func slowness(x, y *replica, now time.Duration) float64 {
	if quiet(x, y, now) {
		return 1
	}
	meanX, meanY := expected(&x.load, &y.load)
	ratio := latencies(&x.load, &y.load, now) * x.load.penalty(now) / y.load.penalty(now)
	ratio *= x.lateness(meanX, now) / y.lateness(meanY, now)
	if band := bandOf(&x.load, &y.load); ratio <= band && ratio >= 1/band {
		return 1
	}
	return ratio
}

// quiet reports whether nothing but the work in flight tells two apart: what slowness finds then at far more cost.
func quiet(x, y *replica, now time.Duration) bool {
	return x.conditions.Load()|y.conditions.Load() == 0 && inBand(&x.load, &y.load) &&
		x.load.work().young(now) && y.load.work().young(now)
}

// faintShare is the share of failures, in bits, up to which the penalty for it stays in the narrow band, whatever the other's
// is, and bandSteps the width of that band in the steps of a recollection.
var (
	faintShare = math.Float32bits(float32(math.Sqrt(0.99 * (narrowBand - 1) / failureCost)))
	bandSteps  = int64(math.Log(narrowBand) * meanSteps)
)

// inBand reports whether neither latency, unless one is unknown, nor failures tell two apart.
func inBand(x, y *load) bool {
	diff := int64(x.memory.Load()&meanMask) - int64(y.memory.Load()&meanMask)
	return max(x.failureRate.Load(), y.failureRate.Load()) <= faintShare &&
		(-bandSteps <= diff && diff <= bandSteps || x.samples.Load() == 0 || y.samples.Load() == 0)
}

// latencies is the latency of x relative to y's; 1 when they are in the band, or one of them is unknown.
//
// Time draws the slower one towards the faster and not beyond. Were both drawn towards 0, then of two equal replicas the
// one that is asked less often would look faster, and the shares would not follow the weights when traffic is thin.
func latencies(x, y *load, now time.Duration) float64 {
	lastX, lastY := x.last(), y.last()
	diff, band := lastX.mean()-lastY.mean(), math.Log(bandOf(x, y))
	if math.Abs(diff) <= band {
		return 1
	}
	slower := lastX
	if diff < 0 {
		slower = lastY
	}
	if diff *= min(x.trust(), y.trust()); math.Abs(diff) <= band {
		return 1
	}
	return math.Exp(diff * retained(slower.since(now), forgivenOver))
}

// expected is what requests should take on each, as logarithms: an unknown one as long as on the other.
func expected(x, y *load) (meanX, meanY float64) {
	meanX, meanY = x.last().mean(), y.last().mean()
	switch knownX, knownY := x.samples.Load() > 0, y.samples.Load() > 0; {
	case !knownX && !knownY:
		return math.Inf(1), math.Inf(1)
	case !knownX:
		meanX = meanY
	case !knownY:
		meanY = meanX
	}
	return meanX, meanY
}
