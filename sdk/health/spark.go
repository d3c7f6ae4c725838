package health

import (
	"math"
	"strconv"
)

// A sparkline is drawn on a field of this size, a bar for each step.
const (
	sparkPoints = 40
	sparkStep   = span / sparkPoints
	sparkHeight = 20
)

// spark is two minutes as bars.
type spark struct {
	Path  string `json:"path"`  // of an SVG of 120 by 20, a stroke a bar
	Label string `json:"label"` // the same in words
}

// sparkOf draws a series against the greatest value of its kind. A bar is the greatest of its three seconds, so that none is missed.
func sparkOf(name string, s *series, most float64, words func(float64) string) spark {
	path := make([]byte, 0, 12*sparkPoints)
	low, high := math.Inf(1), math.Inf(-1)
	for x := range sparkPoints {
		v := s.peak((sparkPoints - 1 - x) * sparkStep)
		if math.IsNaN(v) {
			continue
		}
		low, high = min(low, v), max(high, v)
		path = appendBar(path, x, top(v, most))
	}
	if math.IsInf(low, 0) {
		return spark{Label: name + ": no data"}
	}
	return spark{string(path), name + " in 2 minutes: least " + words(low) + ", most " + words(high) + ", now " + words(s.at(0))}
}

// peak is the greatest value of one step, some seconds ago; NaN when it has none.
func (s *series) peak(ago int) float64 {
	peak := math.NaN()
	for i := range sparkStep {
		if v := s.at(ago + i); !math.IsNaN(v) && !(v <= peak) {
			peak = v
		}
	}
	return peak
}

// top is where a bar ends, counted from above in tenths: nothing is a thin line, and anything is more than that.
func top(v, most float64) int {
	if most <= 0 || v <= 0 {
		return 10*sparkHeight - 8
	}
	return min(10*sparkHeight-25, int(math.Round(10*sparkHeight*(1-v/most))))
}

// appendBar draws from the ground up.
func appendBar(path []byte, x, top int) []byte {
	path = append(path, 'M')
	path = strconv.AppendInt(path, int64(x*sparkStep), 10)
	path = append(path, ' ')
	path = strconv.AppendInt(path, sparkHeight, 10)
	path = append(path, 'V')
	path = strconv.AppendInt(path, int64(top/10), 10)
	if tenth := top % 10; tenth != 0 {
		path = append(path, '.', byte('0'+tenth))
	}
	return path
}
