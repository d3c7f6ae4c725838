package main

import (
	"math"
	"slices"
	"time"
)

// figures are what a cell brought.
type figures struct {
	checks   int // from the onset on
	failed   int // of all
	healthy  int // failed before the onset
	early    int // failed in the early window
	late     int // failed in the late one
	then     int // failed after the first second
	wrong    int
	share    float64       // of the requests, after the first second, to the bad ones
	perCheck float64       // requests, from the onset on
	p50, p99 time.Duration // of the calls that came after the first second and were answered
	lag      time.Duration // the longest of a call from the onset on
	says     []string      // of the bad ones
	example  error         // of a check that failed, late if there is one
}

// settled is how long after the onset the share and the latencies count.
const settled = time.Second

// windows are, from the onset on, the end of the early failures and the beginning of the late ones.
type windows struct{ early, late time.Duration }

// history is what happened in a cell.
type history struct {
	began    time.Time
	onset    time.Duration // since then
	outcomes []outcome
}

func (h history) measure(t *traffic, w windows) *figures {
	f := &figures{
		failed:  h.failed(math.MinInt64, math.MaxInt64),
		healthy: h.failed(math.MinInt64, 0),
		early:   h.failed(0, w.early),
		late:    h.failed(w.late, math.MaxInt64),
		then:    h.failed(settled, math.MaxInt64),
		example: h.example(w.late),
	}
	for _, o := range h.outcomes {
		f.wrong += o.wrong
		if o.at >= h.onset {
			f.checks += o.checks
			f.lag = max(f.lag, o.lag)
		}
	}
	f.p50, f.p99 = h.latencies()
	onset := h.began.Add(h.onset)
	requests, _ := t.since(onset)
	f.perCheck = float64(requests) / float64(f.checks)
	requests, toBad := t.since(onset.Add(settled))
	f.share = float64(toBad) / float64(max(requests, 1))
	return f
}

// failed counts the checks that failed of the calls that came between two moments since the onset.
func (h history) failed(from, to time.Duration) (n int) {
	for _, o := range h.outcomes {
		if at := o.at - h.onset; from <= at && at < to {
			n += o.failed
		}
	}
	return n
}

// example is the first error of the late ones, else the first of all.
func (h history) example(late time.Duration) (first error) {
	for _, o := range h.outcomes {
		if o.example != nil && o.at-h.onset >= late {
			return o.example
		}
		if first == nil {
			first = o.example
		}
	}
	return first
}

// latencies are the median and the 99th percentile, 0 where nothing was answered.
func (h history) latencies() (p50, p99 time.Duration) {
	var took []time.Duration
	for _, o := range h.outcomes {
		if o.at >= h.onset+settled && o.failed == 0 {
			took = append(took, o.took)
		}
	}
	if len(took) == 0 {
		return 0, 0
	}
	slices.Sort(took)
	return took[len(took)/2], took[len(took)*99/100]
}
