package balancer

import (
	"math"
	"time"
)

// A replica's cost is its latency × (1 + the work in flight on it ÷ its share): what one more request would wait, if the
// replica worked off its requests in turn. After Finagle's balancer with peak EWMA, whose estimate is decayed by time
// and not by the number of samples, so that an idle replica forgets and is tried again.

// band is the ratio of two latencies up to which they count as equal. Estimates of equal replicas differ by noise;
// below it the work in flight tells them apart better.
// It is narrower where both estimates come of many answers, about four a second and more.
const (
	band       = 2.0
	narrowBand = 1.5
)

var (
	logBand       = math.Log(band)
	logNarrowBand = math.Log(narrowBand)

	// bandSteps is the width of the narrow band in the steps of a recollection.
	bandSteps = int64(logNarrowBand * meanSteps)
)

// bandOf is the band of a pair and its logarithm.
func bandOf(a, b *load) (ratio, log float64) {
	if a.samples.Load() >= many && b.samples.Load() >= many {
		return narrowBand, logNarrowBand
	}
	return band, logBand
}

// cheaper says whether a costs less than b. With random, b may be spared when it is slower and no more than that.
func cheaper(a, b *member, now time.Duration, random func() uint64) bool {
	x, y := &a.replica.load, &b.replica.load
	if p, q := x.inFlight(), y.inFlight(); alike(a, b) && inBand(x, y) && p.young(now) && q.young(now) {
		return p.less(q)
	}
	ratio := latencies(a.replica, b.replica, now)
	stepA, stepB := a.stepNow(now), b.stepNow(now)
	queueA, queueB := a.queue(now)*stepA, b.queue(now)*stepB
	even := math.Abs(queueA-queueB) <= granule(stepA, stepB)
	if ratio == 1 {
		ratio = fullness(x, y, now)
	} else if even {
		edge, _ := bandOf(x, y)
		return ratio < 1 && !spared(ratio*edge, random)
	}
	if even {
		return ratio < 1
	}
	return ratio*(1+queueA) < 1+queueB
}

// farCheaper says whether a member of another zone costs less than a near one by as much as crossing is worth.
func farCheaper(far, near *member, now time.Duration) bool {
	ratio := latencies(far.replica, near.replica, now)
	return across*ratio*(1+far.queue(now)*far.stepNow(now)) < 1+near.queue(now)*near.stepNow(now)
}

// alike says that two members have the same weight and no caveat.
func alike(a, b *member) bool {
	return a.step == b.step && a.replica.caveats.Load()|b.replica.caveats.Load() == 0
}

// faint is the share of failures, in bits, up to which the factor for it stays in the narrow band, whatever the other's is.
var faint = math.Float64bits(math.Sqrt((narrowBand - 1.0) / faultCost))

// inBand says that nothing but the work in flight tells two that are alike apart, as it is of most pairs while all is well
// and that is young: what [latencies] and [fullness] find then at far more cost.
func inBand(a, b *load) bool {
	diff := int64(uint32(a.memory.Load())) - int64(uint32(b.memory.Load()))
	return max(a.faults.Load(), b.faults.Load()) <= faint && a.report.Load() == 0 && -bandSteps <= diff && diff <= bandSteps
}

// spared says, by chance, that a replica which is slower gets the request all the same; edge is what the ratio of the
// latencies may be, over what it is. Always at the edge of the band, in 6 % of the cases at twice that, in 0.2 % at five
// times. A process that is never asked goes cold, and would be slow when it is asked at last, and so for ever.
func spared(edge float64, random func() uint64) bool {
	return random != nil && float64(random()>>11) < edge*edge*edge*edge*(1<<53)
}

// latencies is the latency of a relative to b's, failures counted in; 1 when they are in the band. An unknown one counts
// as the other's.
//
// Time draws the slower one towards the faster and not beyond. Were both drawn towards 0, then of two equal replicas the
// one that is asked less often would look faster, and the shares would not follow the weights when traffic is thin.
func latencies(x, y *replica, now time.Duration) float64 {
	a, b := &x.load, &y.load
	ratio, lastA, lastB := 1.0, a.last(), b.last()
	band, logBand := bandOf(a, b)
	if diff := lastA.mean() - lastB.mean(); math.Abs(diff) > logBand {
		switch diff *= min(a.trust(), b.trust()); {
		case diff > logBand:
			ratio = math.Exp(diff * a.retained(lastA.since(now)))
		case diff < -logBand:
			ratio = math.Exp(diff * b.retained(lastB.since(now)))
		}
	}
	if a.faults.Load()|b.faults.Load() != 0 {
		ratio *= a.penalty(now) / b.penalty(now)
	}
	meanA, meanB := expected(a, b)
	ratio *= x.lateness(meanA, now) / y.lateness(meanB, now)
	if ratio <= band && ratio >= 1/band {
		return 1
	}
	return ratio
}

// expected is what requests should take on each, as logarithms: an unknown one as long as on the other.
func expected(a, b *load) (meanA, meanB float64) {
	meanA, meanB = a.last().mean(), b.last().mean()
	switch knownA, knownB := a.samples.Load() > 0, b.samples.Load() > 0; {
	case !knownA && !knownB:
		return math.Inf(1), math.Inf(1)
	case !knownA:
		meanA = meanB
	case !knownB:
		meanB = meanA
	}
	return meanA, meanB
}

// queue is the work in flight in requests of one SID.
func (m *member) queue(now time.Duration) float64 {
	return float64(m.replica.load.inFlight().effort(now)) / (perRequest + 1)
}

// stepNow is by how much one request lengthens the queue, relative to the member's share of the traffic.
func (m *member) stepNow(now time.Duration) float64 { return m.step / m.replica.warmth(now) }

// granule is how far two queues may be apart for no other reason than that requests are whole: one request lengthens
// the queue of a small share by more. Below it the draw by weight decides. Weights 1 and 4 alone give steps of 2.5 and
// 0.625: with one request on the heavy one the light one has no claim to the next, with four it has.
func granule(a, b float64) float64 { return math.Abs(a - b) }
