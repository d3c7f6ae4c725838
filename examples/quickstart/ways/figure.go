package ways

import "slices"

// figure is what is measured of a way.
type figure int

// The figures.
const (
	requests   figure = iota // HTTP requests at MS2's doors for checks, an order
	pages                    // HTTP requests for MS2's pages, an order: the gateway's
	median                   // time of an order, in ms
	slow                     // the same, that 99 of 100 stay within
	throughput               // orders a second when browsers never wait
	cpuMS1                   // CPU time an order, in ms
	cpuMS2                   // of all replicas together
	cpuGateway               //
	figures                  // how many there are
)

// sample is one slot of one way.
type sample struct {
	of      [figures]float64
	asked   int64 // requests for checks in all of the slot
	results [outcomes]int64
	mishap  string // the first order that went wrong; "" for none
}

// cpu is that of MS1 and MS2 together.
func (s sample) cpu() float64 { return s.of[cpuMS1] + s.of[cpuMS2] }

// results are the samples of each way by its key, in the order of the rounds.
type results map[string][]sample

// of is a figure of a way over all rounds.
func (r results) of(key string, f figure) interval {
	return r.each(key, func(s sample) float64 { return s.of[f] })
}

func (r results) each(key string, value func(sample) float64) interval {
	var values []float64
	for _, s := range r[key] {
		values = append(values, value(s))
	}
	return newInterval(values)
}

// share is which part of what one way adds another one adds, round by round.
func (r results) share(key, of string, value func(sample) float64) interval {
	var values []float64
	for i, without := range r[keyUnchecked] {
		if i < len(r[key]) && i < len(r[of]) {
			values = append(values, (value(r[key][i])-value(without))/(value(r[of][i])-value(without)))
		}
	}
	return newInterval(values)
}

// total sums a count over all rounds of a way.
func (r results) total(key string, count func(sample) int64) (sum int64) {
	for _, s := range r[key] {
		sum += count(s)
	}
	return sum
}

// count is how many orders of a way ended so.
func (r results) count(key string, o outcome) int64 {
	return r.total(key, func(s sample) int64 { return s.results[o] })
}

// percentile is the value that a share of the sorted values stays within; 0 when there are none.
func percentile(sorted []float64, share float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(share*float64(len(sorted))))]
}

// latencies fills in the times of a slot's orders.
func (s *sample) latencies(took []float64) {
	slices.Sort(took)
	s.of[median], s.of[slow] = percentile(took, 0.50), percentile(took, 0.99)
}
