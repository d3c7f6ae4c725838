package main

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
)

// script is a slicer that yields the values in turn, the warm-up's first.
type script struct {
	values []float64
	at     int
	closed *int
}

func (s *script) slice() (figures, error) {
	s.at++
	if s.at > len(s.values) {
		return nil, errors.New("no more slices")
	}
	return figures{"x": s.values[s.at-1]}, nil
}

func (s *script) close() error { *s.closed++; return nil }

func one(slices int) experiment {
	return experiment{"x", slices, []*series{{name: "x", target: atMost(1.03)}}}
}

// scripted starts slicers by the round and the side, and counts those that are closed.
func scripted(closed *int, values func(round int, s side) []float64) rounds {
	start := func(_ context.Context, s side, _ string, seed int) (slicer, error) {
		return &script{values: values(seed, s), closed: closed}, nil
	}
	return rounds{least: 6, most: 9, start: start, progress: io.Discard}
}

func TestRoundsGoOnUntilTheIntervalIsNarrow(t *testing.T) {
	t.Parallel()
	for stray, want := range map[float64]int{1: 6, 2: 9} {
		closed, e := 0, one(1)
		r := scripted(&closed, func(round int, s side) []float64 {
			if s == present && round%2 == 0 {
				return []float64{0, stray}
			}
			return []float64{0, 1}
		})
		if err := r.play(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		if got := len(e.series[0].ratios); got != want || closed != 2*want {
			t.Errorf("stray %v: %d rounds, %d closed; want %d", stray, got, closed, want)
		}
	}
}

func TestARoundsRatioIsTheMedianOfItsSlicesRatios(t *testing.T) {
	t.Parallel()
	closed, e := 0, one(3)
	r := scripted(&closed, func(_ int, s side) []float64 {
		return [2][]float64{present: {99, 2, 20, 300}, earlier: {99, 1, 10, 100}}[s]
	})
	if err := r.round(t.Context(), e, 1); err != nil {
		t.Fatal(err)
	}
	s := e.series[0]
	if s.ratios[0] != 2 || s.values[present][0] != 20 || s.values[earlier][0] != 10 {
		t.Errorf("%+v", s)
	}
}

func TestASideThatFailsEndsTheRoundAndBothAreClosed(t *testing.T) {
	t.Parallel()
	closed := 0
	r := scripted(&closed, func(_ int, s side) []float64 { return [2][]float64{present: {1}, earlier: {1, 1}}[s] })
	if err := r.play(t.Context(), one(1)); err == nil || closed != 2 {
		t.Errorf("%v, %d closed", err, closed)
	}
}

func TestAFigureThatIsNotPrintedIsAnError(t *testing.T) {
	t.Parallel()
	if err := one(1).add(present, figures{"y": 1}); err == nil {
		t.Error("no error")
	}
}

func TestTheReportCountsWhatIsNotMet(t *testing.T) {
	t.Parallel()
	closed, e := 0, one(1)
	r := scripted(&closed, func(_ int, s side) []float64 { return [2][]float64{present: {0, 11}, earlier: {0, 10}}[s] })
	if err := r.play(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	failed := report(&out, []experiment{e})
	if failed != 1 || !strings.Contains(out.String(), "1.100 [1.100 1.100]   6        ≤ 1.03   missed") {
		t.Errorf("%d failed:\n%s", failed, out.String())
	}
}

func TestAWordChoosesExperiments(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]int{"": 4, "crowd": 1, "no such": 0} {
		if got := choose(word); len(got) != want {
			t.Errorf("%q: %d experiments", word, len(got))
		}
	}
}
