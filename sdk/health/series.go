package health

import "math"

// span is how many seconds of history are kept.
const span = 120

// series is a value of each of the last seconds. The zero value is empty.
type series struct {
	values [span]float64
	next   int
	count  int
}

// add takes the value of another second, NaN for none.
func (s *series) add(v float64) {
	s.values[s.next] = v
	s.next = (s.next + 1) % span
	s.count = min(s.count+1, span)
}

// at is the value from some seconds ago, 0 being the last; NaN when there is none.
func (s *series) at(ago int) float64 {
	if ago >= s.count {
		return math.NaN()
	}
	return s.values[(s.next-1-ago+2*span)%span]
}

// mean is that of the last seconds which have a value; NaN when none has.
func (s *series) mean(seconds int) float64 {
	sum, n := 0.0, 0
	for ago := range min(seconds, s.count) {
		if v := s.at(ago); !math.IsNaN(v) {
			sum += v
			n++
		}
	}
	if n == 0 {
		return math.NaN()
	}
	return sum / float64(n)
}

// most is the greatest value; 0 when there is none above.
func (s *series) most() float64 {
	most := 0.0
	for ago := range s.count {
		if v := s.at(ago); v > most { // never NaN
			most = v
		}
	}
	return most
}
