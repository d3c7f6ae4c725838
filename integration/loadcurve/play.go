package main

import (
	"sync"
	"time"
)

const (
	// grain is the least pause of the generator: at loads of many arrivals in it, one wake-up starts them all. It is a
	// small part of a check, and the same for all modes.
	grain = 200 * time.Microsecond

	// hopeless is how late the generator may be before it drops what is left of a schedule.
	hopeless = time.Second
)

// trace is what came of a schedule, in the order of its arrivals.
type trace struct {
	lag  []time.Duration // from when a check was scheduled to when its goroutine was started
	took []time.Duration // from when it was scheduled to its verdict; never for one that got none
	err  error           // of one of those
}

// never is the latency of a check without a verdict: an error that comes quickly is no quick answer.
const never = time.Duration(1<<63 - 1)

// play asks at the times of the schedule, whatever became of earlier questions, and returns when all are answered.
// wait pauses it, at least for as long as said.
func play(arrivals []arrival, wait func(time.Duration) error, ask func(sid string) error) (*trace, error) {
	p := &player{arrivals: arrivals, ask: ask, trace: newTrace(len(arrivals)), start: time.Now()}
	return p.trace, p.play(wait)
}

func newTrace(size int) *trace {
	t := &trace{lag: make([]time.Duration, size), took: make([]time.Duration, size)}
	for i := range size {
		t.lag[i], t.took[i] = hopeless, never // of what is dropped
	}
	return t
}

// player plays one schedule.
type player struct {
	arrivals []arrival
	ask      func(sid string) error
	start    time.Time
	next     int // to be started
	asking   sync.WaitGroup
	trace    *trace
	failure  sync.Once
}

func (p *player) play(wait func(time.Duration) error) error {
	defer p.asking.Wait()
	for p.next < len(p.arrivals) && p.late() < hopeless {
		p.startDue()
		if p.next == len(p.arrivals) {
			break
		}
		if err := wait(max(grain, -p.late())); err != nil {
			return err
		}
	}
	return nil
}

// late is for how long the next arrival has been due; below 0 it is not yet.
func (p *player) late() time.Duration { return time.Since(p.start) - p.arrivals[p.next].at }

// startDue starts the checks that are due.
func (p *player) startDue() {
	for ; p.next < len(p.arrivals); p.next++ {
		late := p.late()
		if late < 0 {
			return
		}
		i := p.next
		p.trace.lag[i] = late
		p.asking.Go(func() { p.check(i) })
	}
}

func (p *player) check(i int) {
	a := p.arrivals[i]
	if err := p.ask(a.sid); err != nil {
		p.failure.Do(func() { p.trace.err = err })
		return
	}
	p.trace.took[i] = time.Since(p.start) - a.at
}
