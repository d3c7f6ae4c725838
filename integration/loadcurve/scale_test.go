package main

import (
	"math"
	"reflect"
	"testing"
)

func TestAnAxisIsLogarithmicAndLeavesOutWhatItCantShow(t *testing.T) {
	s := newScale([]float64{0, 10, 1000, math.Inf(1)}, 0, 100)
	if at := s.at(100); math.Abs(at-50) > 1e-9 {
		t.Errorf("100 is at %v between 10 and 1,000, want the middle", at)
	}
	if s.at(math.Inf(1)) != 100 || s.at(0) != 0 {
		t.Errorf("∞ is at %v and 0 at %v, want the ends of the axis", s.at(math.Inf(1)), s.at(0))
	}
	if s.holds(0) || s.holds(math.Inf(1)) || !s.holds(10) || !s.holds(1000) {
		t.Error("the axis holds the wrong values")
	}
}

func TestTicksAreRound(t *testing.T) {
	if got, want := newScale([]float64{3, 60}, 0, 1).ticks(), []float64{5, 10, 20, 50}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got, want := newScale([]float64{0.9, 5000}, 0, 1).ticks(), []float64{1, 10, 100, 1000}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := newScale(nil, 0, 1).ticks(); !reflect.DeepEqual(got, []float64{1}) {
		t.Errorf("an axis without values has the ticks %v", got)
	}
}
