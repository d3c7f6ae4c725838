package main

import (
	"maps"
	"time"
)

// windows are when failures count as early and as late.
func (c cell) windows() windows {
	switch {
	case c.kind.callers != patient:
		return windows{early: 6 * time.Second, late: 10 * time.Second}
	case c.bad > 1:
		return windows{early: 2 * time.Second, late: 2 * time.Second}
	}
	return windows{early: settled, late: settled}
}

const (
	shareLimit    = 0.02
	perCheckLimit = 1.2

	// calmTimes and calmPlus bound the 99th percentile by the calm fleet's.
	calmTimes = 1.5
	calmPlus  = 3 * time.Millisecond

	// hastyLimit is how many checks of 150 ms may fail early.
	hastyLimit = 9

	anyNumber = -1
)

// limits are what a cell's figures should keep to. What is 0 beside the failures is not judged.
type limits struct {
	early    int // failures in the early window; anyNumber: not judged
	share    float64
	perCheck float64
	p99      time.Duration
}

// limitsOf are those of a cell with one bad replica. well, the calm fleet's figures, is nil where latencies are not judged.
func limitsOf(k kind, well *figures) limits {
	l := limits{early: k.earlyLimit(), share: shareLimit, perCheck: perCheckLimit}
	if k.name == calm {
		l.share = 0 // its bad one is as good as the others
	}
	if well != nil {
		l.p99 = time.Duration(calmTimes*float64(well.p99)) + calmPlus + k.controlled()
	}
	return l
}

// controlled is how long a forged SID may wait by the rules alone: for the replica to be asked for a SID that it called valid
// before, which happens ten times a second at most.
func (k kind) controlled() time.Duration {
	if k.bare404 {
		return 100 * time.Millisecond
	}
	return 0
}

// earlyLimit is none where the bad one answers at once: another replica can still be asked then.
func (k kind) earlyLimit() int {
	switch {
	case k.callers != patient:
		return hastyLimit
	case k.slow:
		return anyNumber
	}
	return 0
}

// target is a figure that is judged.
type target int

const (
	inHealth target = iota // failures before the onset
	inEarly
	inLate
	inWrong
	inShare
	inPerCheck
	inP99
)

// misses are the targets that were missed.
type misses map[target]bool

func (f *figures) judge(l limits) misses {
	all := misses{
		inHealth:   f.healthy > 0,
		inEarly:    l.early != anyNumber && f.early > l.early,
		inLate:     f.late > 0,
		inWrong:    f.wrong > 0,
		inShare:    l.share > 0 && f.share > l.share,
		inPerCheck: l.perCheck > 0 && f.perCheck > l.perCheck,
		inP99:      l.p99 > 0 && f.p99 > l.p99,
	}
	maps.DeleteFunc(all, func(_ target, missed bool) bool { return !missed })
	return all
}
