package main

import (
	"errors"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"
)

// entrant is a rule over so many replicas, and what was measured of it.
type entrant struct {
	rule      rule
	replicas  int
	picker    picker
	closed    func()
	decisions int // of a slice

	allocations            float64 // a decision
	serial, parallel, thin sample  // nanoseconds a decision, by round
	cores                  sample  // the share of all cores that it had while it ran on all, by round
}

func enter(r rule, replicas int) (*entrant, error) {
	p, closed, err := r.open(addresses(replicas))
	return &entrant{rule: r, replicas: replicas, picker: p, closed: closed}, err
}

// prepare warms up, finds how many decisions fill a slice, and counts the allocations.
func (e *entrant) prepare(slice time.Duration) error {
	for e.decisions = 1000; ; e.decisions *= 2 {
		took, err := e.clocked(1, e.decisions)
		if err != nil {
			return err
		}
		if passed := took * float64(e.decisions); passed >= float64(slice) {
			e.decisions = max(1000, int(float64(e.decisions)*float64(slice)/passed))
			break
		}
	}
	e.allocations = e.countAllocations()
	return nil
}

// countAllocations takes the least of a few counts: what runs in the background allocates now and then.
func (e *entrant) countAllocations() float64 {
	const decisions = 10_000
	var counts []float64
	for range 3 {
		counts = append(counts, testing.AllocsPerRun(1, func() { _ = e.picker.run(decisions, nil) })/decisions)
	}
	return slices.Min(counts)
}

// round measures once, each way.
func (e *entrant) round() error {
	workers := runtime.GOMAXPROCS(0)
	serial, err1 := e.clocked(1, e.decisions)
	began, used := time.Now(), cpuTime()
	parallel, err2 := e.clocked(workers, e.decisions/workers)
	e.cores = append(e.cores, float64(cpuTime()-used)/float64(time.Since(began))/float64(workers))
	thin, err3 := e.thinly()
	e.serial, e.parallel, e.thin = append(e.serial, serial), append(e.parallel, parallel), append(e.thin, thin)
	return errors.Join(err1, err2, err3)
}

// clocked is the nanoseconds a decision when so many workers make so many each. It begins without the garbage of others.
func (e *entrant) clocked(workers, decisions int) (float64, error) {
	runtime.GC()
	start := time.Now()
	err := together(workers, func() error { return e.picker.run(decisions, nil) })
	return float64(time.Since(start)) / float64(workers*decisions), err
}

// together runs the same on so many goroutines, or here for one.
func together(workers int, run func() error) error {
	if workers == 1 {
		return run()
	}
	errs := make([]error, workers)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { errs[i] = run() })
	}
	all.Wait()
	return errors.Join(errs...)
}

const (
	bursts = 5                    // of a round; the median of them counts
	apart  = 6 * time.Millisecond // longer than any rule here takes what it knows for fresh
)

// thinly is the nanoseconds a decision of a few at a time, for one replica in twenty. It does not sleep in between, so
// that the machine is as awake as for the others.
func (e *entrant) thinly() (float64, error) {
	var took sample
	decisions := max(1, e.replicas/20)
	for range bursts {
		for start := time.Now(); time.Since(start) < apart; {
		}
		start := time.Now()
		if err := e.picker.run(decisions, nil); err != nil {
			return 0, err
		}
		took = append(took, float64(time.Since(start))/float64(decisions))
	}
	return took.median(), nil
}
