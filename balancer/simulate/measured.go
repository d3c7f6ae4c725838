package simulate

import (
	"math"
	"slices"
	"time"
)

// warmUp is the share of the requests whose latency is not looked at.
const warmUp = 0.1

// measured is what one run of one policy gave.
type measured struct {
	skip     int // checks of the warm-up that are still to come
	took     []time.Duration
	lone     []time.Duration // of them, checks of one SID
	picks    []int           // by replica
	weights  []int
	checks   int
	failed   int // at their first attempt
	late     int // checks that began after the first second
	lateFail int // of them, failed at their first attempt
	lost     int // in the end
	attempts int
	opened   bool // a breaker in front of a peer did
}

func newMeasured(s *simulation, count int) measured {
	m := measured{skip: int(warmUp * float64(count)), picks: make([]int, len(s.replicas))}
	for _, r := range s.replicas {
		m.weights = append(m.weights, r.behaviour.weight)
	}
	return m
}

// add takes in a check that ended.
func (m *measured) add(c *check, took time.Duration, ok bool) {
	failed := count(len(c.tried) > 1 || !ok)
	m.checks++
	m.attempts += len(c.tried)
	m.failed += failed
	m.lost += count(!ok)
	if c.began >= time.Second {
		m.late++
		m.lateFail += failed
	}
	if m.skip--; m.skip < 0 {
		m.took = append(m.took, took)
		if c.request.work == 1 {
			m.lone = append(m.lone, took)
		}
	}
}

// count is 1 for true and 0 for false.
func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

// figure is one number of a run.
type figure int

const (
	p50 figure = iota
	p90
	p99
	p999
	failedFirst
	failedLate
	lost
	extra
	least
	most
	figures int = iota
)

var headings = [figures]string{"p50", "p90", "p99", "p99.9", "failed 1st %", "after 1 s %", "lost %", "extra %", "least", "most"}

// sample is all the numbers of a run: milliseconds, per cent, and shares relative to the one by weight.
type sample [figures]float64

func (m *measured) sample() sample {
	slices.Sort(m.took)
	checks := float64(m.checks)
	s := sample{
		p50: m.quantile(0.5), p90: m.quantile(0.9), p99: m.quantile(0.99), p999: m.quantile(0.999),
		failedFirst: 100 * float64(m.failed) / checks, failedLate: 100 * float64(m.lateFail) / float64(max(1, m.late)),
		lost:  100 * float64(m.lost) / checks,
		extra: 100 * (float64(m.attempts) - checks) / checks,
	}
	s[least], s[most] = m.shares()
	return s
}

// curve is the latency at each of the percentiles of the plot, in milliseconds.
type curve [plotted]float64

// plotted is the number of points between the median and the 99.99th percentile.
const plotted = 38

// tail is the share of the requests beyond a point of a curve: 1/2 at the first, 1/10,000 at the last.
func tail(point int) float64 { return math.Pow(5000, -float64(point)/(plotted-1)) / 2 }

// curve needs what was sorted.
func (m *measured) curve() curve {
	var c curve
	for point := range c {
		c[point] = m.quantile(1 - tail(point))
	}
	return c
}

// quantile is the nearest rank, in milliseconds, of what was sorted.
func (m *measured) quantile(q float64) float64 {
	at := max(0, int(math.Ceil(q*float64(len(m.took))))-1)
	return float64(m.took[at]) / float64(time.Millisecond)
}

func (m *measured) shares() (least, most float64) {
	total, sum := 0, 0
	for i, n := range m.picks {
		total += n
		sum += m.weights[i]
	}
	least = math.Inf(1)
	for i, n := range m.picks {
		share := float64(n) / float64(total) * float64(sum) / float64(m.weights[i])
		least, most = min(least, share), max(most, share)
	}
	return least, most
}
