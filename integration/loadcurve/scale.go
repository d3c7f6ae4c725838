package main

import "math"

// scale is a logarithmic axis.
type scale struct {
	min, max float64 // values
	from, to float64 // pixels
}

// newScale spans the values that such an axis can show, with a little room.
func newScale(values []float64, from, to float64) scale {
	s := scale{min: math.Inf(1), max: math.Inf(-1), from: from, to: to}
	for _, v := range values {
		if v > 0 && !math.IsInf(v, 1) {
			s.min, s.max = min(s.min, v), max(s.max, v)
		}
	}
	if s.min > s.max { // none
		s.min, s.max = 1, 1
	}
	const room = 1.15
	s.min, s.max = s.min/room, s.max*room
	return s
}

// holds says that the axis can show the value.
func (s scale) holds(v float64) bool { return v >= s.min && v <= s.max }

// at is the value's pixel, or the end's where the axis ends before it.
func (s scale) at(v float64) float64 {
	v = min(max(v, s.min), s.max)
	return s.from + (s.to-s.from)*math.Log(v/s.min)/math.Log(s.max/s.min)
}

// ticks are 1, 2, 5, 10, 20 … within the axis; over more than two and a half decades 1, 10, 100 … are enough.
func (s scale) ticks() []float64 {
	steps := []float64{1, 2, 5}
	if math.Log10(s.max/s.min) > 2.5 {
		steps = steps[:1]
	}
	var ticks []float64
	for decade := math.Floor(math.Log10(s.min)); decade <= math.Log10(s.max); decade++ {
		for _, step := range steps {
			if v := step * math.Pow(10, decade); s.holds(v) {
				ticks = append(ticks, v)
			}
		}
	}
	return ticks
}
