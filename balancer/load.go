package balancer

import (
	"math"
	"sync/atomic"
	"time"
)

// load is the work in flight on a replica, what it is known to take, and how much of it failed of late.
type load struct {
	inFlight    atomic.Uint64 // see [inFlight]
	memory      atomic.Uint64 // see recollection
	failureRate atomic.Uint32 // bits of the share of the recent outcomes that were failures, a float32
	samples     atomic.Int32  // latencies taken in: of late, beyond trustedFrom
}

// Two time constants. A later latency outweighs earlier ones over learnedOver: what an antagonist slows is found out in a
// seventh of the time that what is not asked is forgiven over, and is not asked again as soon. Kratos averages over 0.6 s and
// forces a pick after 3 s, Finagle over 10 s for both.
const (
	learnedOver  = 700 * time.Millisecond // worth 1.03, 1.60: p99 with 5 s in its place, in the mean of 32 scenarios and at most
	forgivenOver = 5 * time.Second        // 20 s would be worth 1.00, 1.03
)

// retained is the share of a memory that is left after a time: 1/(1+x+x²/2+x³/6) with x in time constants, close
// to e^-x where it matters and far cheaper. One time constant leaves 37.5 %, ten leave 0.4 %.
func retained(passed, constant time.Duration) float64 {
	x := float64(max(0, passed)) / float64(constant)
	return 1 / (1 + x*(1+x*(1.0/2+x/6)))
}

// recollection is what the last outcome that was taken in has left: its tick in the upper 40 bits, enough for 34 years,
// and in the lower 24 the logarithm of the latency in nanoseconds for an effort of one, in steps of 2^-18. In one word, so
// that an outcome writes once.
type recollection uint64

// tick is the step in which moments are remembered: of the answers within one tick a single one is taken in, which is
// enough for an estimate that looks back on seconds, and spares the others its cost.
const tick = time.Millisecond

const (
	meanBits  = 24
	meanSteps = 1 << 18
	meanMask  = 1<<meanBits - 1
)

func recollect(now time.Duration, mean float64) recollection {
	return recollection(uint64(now/tick)<<meanBits | uint64(math.Round(mean*meanSteps)))
}

func (m recollection) mean() float64 { return float64(m&meanMask) / meanSteps }

// since is the time that has passed, in whole ticks. It is 0 when now was read before the outcome that was told last, as of
// concurrent ones it may be.
func (m recollection) since(now time.Duration) time.Duration {
	return max(0, now/tick-time.Duration(m>>meanBits)) * tick
}

// perRequest is the effort of a request in addition to its SIDs: a batch of 1,000 in flight keeps others waiting like three
// requests for one. It takes longer, but a replica does several things at a time: with 64 here, lone checks beside batches took
// 19 % longer in the simulation, with 512 1 %.
const perRequest = 512 // worth 1.00, 1.02

// perAnswer is the same of the time: a batch of 1,000 may take 16 times as long as a request for one and be no slower.
const perAnswer = 64 // worth 1.00, 1.03

// maxWork is above any batch, and 4,000 of it in flight on one replica do not overflow the word.
const maxWork = 1 << 16

func effort(work int) uint32 { return perRequest + uint32(min(max(1, work), maxWork)) }

func (l *load) begin(effort uint32, start time.Duration) { l.inFlight.Add(stake(int64(effort), start)) }

func (l *load) end(effort uint32, start time.Duration) { l.inFlight.Add(-stake(int64(effort), start)) }

func (l *load) work() inFlight { return inFlight(l.inFlight.Load()) }

// last is what the last outcome told.
func (l *load) last() recollection { return recollection(l.memory.Load()) }

// The estimate is a mean of logarithms, a geometric mean. Latencies have a heavy tail: of a replica that answers in 0.5 ms, one
// stall of 50 ms a second makes the plain mean 3 ms, by chance more on one of two equal replicas than on the other, but the
// geometric one 0.63 ms. A stall is seen while it lasts by the work in flight.

// trustedFrom is the number of answers from which on the mean of their latencies is believed in full. With eight p99 was 6 % longer
// in subsets of 20. What is cold is not judged by it: while a replica warms up its latencies are not taken in.
const trustedFrom = 2 // worth 1.01, 1.10

// trust is how much of the mean is believed, 0 when nothing was told. Of one that took 12 ms at its only answer, where others take
// 1 ms, half of the difference in logarithms is: it seems 3.5 times as slow.
func (l *load) trust() float64 { return float64(min(trustedFrom, l.samples.Load())) / trustedFrom }

// sampled counts one more, forgets those of long ago, and keeps trustedFrom.
func (l *load) sampled(n int32, kept float64) {
	if next := max(min(n+1, trustedFrom), 1+int32(math.Round(float64(n)*kept))); next != n {
		l.samples.Store(next)
	}
}

// estimate is the latency in time as far as it was told, in microseconds; 0 when it never was.
func (l *load) estimate() time.Duration {
	if l.samples.Load() == 0 {
		return 0
	}
	return time.Duration(math.Exp(l.last().mean())).Round(time.Microsecond)
}

// settled reports whether a success would tell nothing new.
func (l *load) settled(now time.Duration) bool {
	return l.last().since(now) == 0 && l.samples.Load() >= trustedFrom && l.failureRate.Load() == 0
}

// succeeded takes in how long a request took. Concurrent ones may lose one another. The first two weigh alike, later ones by the
// time since the one before.
func (l *load) succeeded(now, took time.Duration, effort uint32, missing float64) {
	last, n := l.last(), l.samples.Load()
	passed := last.since(now)
	if passed == 0 && n >= trustedFrom {
		l.weigh(missing, 1)
		return
	}
	sample, before, kept := logarithm(took, effort), retained(passed, learnedOver), retained(passed, forgivenOver)
	if n < trustedFrom {
		before = float64(n) / float64(n+1)
	}
	l.sampled(n, kept)
	l.memory.Store(uint64(recollect(now, sample+(last.mean()-sample)*before)))
	l.weigh(missing, kept)
}

// failed takes in a failure, a refusal, or an answer that left out a large part: it may raise the latency and never lowers
// it, by its own short time or by the passing of time, and makes none of an unknown one. Failing fast must not attract
// traffic.
func (l *load) failed(now, took time.Duration, effort uint32, part float64) {
	last := l.last()
	kept, mean := retained(last.since(now), forgivenOver), last.mean()
	if sample := logarithm(took, effort); l.samples.Load() > 0 && sample > mean {
		mean = sample + (mean-sample)*kept
	}
	l.memory.Store(uint64(recollect(now, mean)))
	l.weigh(part, kept)
}

// outlasted takes in that a request would have taken at least as long: that may raise the latency, and says nothing else.
func (l *load) outlasted(now, took time.Duration, effort uint32) {
	last, sample := l.last(), logarithm(took, effort)
	if l.samples.Load() == 0 || sample <= last.mean() {
		return
	}
	kept := retained(last.since(now), forgivenOver)
	l.memory.Store(uint64(recollect(now, sample+(last.mean()-sample)*kept)))
	l.failureRate.Store(math.Float32bits(float32(l.failing() * kept)))
}

// leastLatency is what shorter latencies count as: below it the clock and the scheduler tell replicas apart, not their speed.
const leastLatency = 20 * time.Microsecond

// logarithm is that of what a request would have taken for one SID.
func logarithm(took time.Duration, effort uint32) float64 {
	return math.Log(max(float64(leastLatency), float64(took)*(perAnswer+1)/float64(effort-perRequest+perAnswer)))
}

// failureWindow is the number of outcomes that the share of failures looks back on, about.
const failureWindow = 16 // 64 would be worth 1.00, 1.02

// weigh takes an outcome into the share of failures: 1 for a failure or refusal, the part that an answer left out, else 0.
func (l *load) weigh(outcome, kept float64) {
	old := l.failing() * kept
	if old == 0 && outcome == 0 {
		return
	}
	share := old + (outcome-old)/failureWindow
	if share < 1.0/1024 {
		share = 0
	}
	l.failureRate.Store(math.Float32bits(float32(share)))
}

// failing is the share of the recent outcomes that were failures, as it was at the last.
func (l *load) failing() float64 { return float64(math.Float32frombits(l.failureRate.Load())) }

// failureCost is what a replica costs more when all of its requests fail, in multiples of its latency.
const failureCost = 32 // worth 1.00, 1.06: what fails is asked again elsewhere, and that takes time of it

// penalty is the factor on the latency for failures. The work in flight alone would draw requests to a replica that
// fails fast, since it has none. It grows with the square of their share, so that a lone failure stays below the band:
// one costs 1.13, two of 16 cost 1.5, half of all 9.
func (l *load) penalty(now time.Duration) float64 {
	share := l.failing()
	if share == 0 {
		return 1
	}
	share *= retained(l.last().since(now), forgivenOver)
	return 1 + failureCost*share*share
}

// forgive forgets the failures of a replica that is back, and its latency, which may be of time-outs: they would keep requests
// away for long after it has healed.
func (l *load) forgive() {
	l.failureRate.Store(0)
	l.samples.Store(0)
}
