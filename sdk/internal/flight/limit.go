package flight

import "math"

// limit is how many batches may be under way: as many as make checks take the least time. Few batches are large, and cost
// less CPU here and at MS2; many wait less for their turn. Where the best number lies depends on the load, on MS2 and on the
// machine, so it is found by trying (Kiefer and Wolfowitz, Stochastic Estimation of the Maximum of a Regression Function,
// 1952): for some batches a few more may be under way, for as many a few less, and then the number moves toward what was
// faster. While batches are of one check each, or one at a time, the number does not matter, and goes back to the most.
//
// Not for concurrent use.
type limit struct {
	most float64
	mean float64 // around which it tries
	high bool    // trying more than the mean

	halves [2]half // what was seen: with fewer, with more
}

// half is what was seen with one number.
type half struct {
	batches, gathered int
	checks            int
	sum               float64 // of the logarithms of their times, so that a slow one does not outweigh all others
}

const (
	limitFloor  = 2    // batches, so that one that hangs does not stop the line
	limitHalf   = 64   // batches before the other number is tried
	limitGain   = 0.5  // of the mean, for a change of the time by a whole of it
	limitStep   = 0.2  // of the mean, at most, at once
	limitThrift = 0.02 // of the mean, each time: fewer batches are preferred when the time is the same
)

func newLimit(most int) limit { return limit{most: float64(most), mean: float64(most)} }

// now is the number that holds now.
func (l *limit) now() int {
	low := max(min(limitFloor, l.most), math.Floor(l.mean))
	if !l.high {
		return int(low)
	}
	return int(min(l.most, low+max(1, math.Round(low/4))))
}

// observe takes in a batch that was answered: whether the limit mattered to it, how many checks it had, and the sum of the
// logarithms of their times.
func (l *limit) observe(gathered bool, checks int, sum float64) {
	h := &l.halves[0]
	if l.high {
		h = &l.halves[1]
	}
	h.batches++
	h.checks += checks
	h.sum += sum
	if gathered {
		h.gathered++
	}
	if h.batches < limitHalf {
		return
	}
	if l.high {
		l.move()
	}
	l.high = !l.high
}

// move takes a step when both numbers were tried.
func (l *limit) move() {
	fewer, more := l.halves[0], l.halves[1]
	l.halves = [2]half{}
	if fewer.gathered+more.gathered < limitHalf {
		l.mean = min(l.most, l.mean*(1+limitStep))
		return
	}
	slower := more.sum/float64(more.checks) - fewer.sum/float64(fewer.checks)
	step := min(limitStep, max(-limitStep, -limitGain*slower-limitThrift))
	l.mean = min(l.most, max(limitFloor, l.mean*(1+step)))
}
