package main

import (
	"errors"
	"strings"
	"testing"
)

// measured is a point whose figures are all from low to high.
func measured(load int, m mode, low, high float64) point {
	p := point{load: load, mode: m}
	for _, f := range judged {
		p.of[f] = interval{(low + high) / 2, low, high}
	}
	return p
}

// overloaded is a point where checks fail.
func overloaded(load int, m mode) point {
	p := measured(load, m, 50, 60)
	p.of[failed] = interval{2, 2, 2}
	return p
}

func TestBatchingIsWorseOnlyBeyondOverlap(t *testing.T) {
	curve := []point{
		measured(100, batchingOn, 1, 2), measured(100, batchingOff, 2, 3),
		measured(300, batchingOn, 2, 4), measured(300, batchingOff, 1, 2),
	}
	if v := judge(curve); len(v) != 0 || v.err() != nil {
		t.Errorf("got %v", v)
	}
	curve[2].of[p99] = interval{3, 2.5, 4}
	v := judge(curve)
	if len(v) != 1 || v[0] != "300 checks/s: p99, ms: on 3.00 [2.50, 4.00], off 1.50 [1.00, 2.00]" || !errors.Is(v.err(), errWorse) {
		t.Errorf("got %v", v)
	}
}

func TestEveryJudgedFigureIsCompared(t *testing.T) {
	v := judge([]point{measured(100, batchingOn, 3, 4), measured(100, batchingOff, 1, 2)})
	for i, f := range []string{"p50", "p99", "client CPU", "total CPU"} {
		if len(v) != 4 || !strings.Contains(v[i], f) {
			t.Fatalf("%s is not among %v", f, v)
		}
	}
}

func TestSaturationIsWorseUnlessBothAre(t *testing.T) {
	on, off := overloaded(9, batchingOn), overloaded(9, batchingOff)
	if v := judge([]point{on, off}); len(v) != 0 {
		t.Errorf("both saturated: %v", v)
	}
	if v := judge([]point{measured(9, batchingOn, 70, 80), off}); len(v) != 0 {
		t.Errorf("off saturated: %v", v)
	}
	if v := judge([]point{on, measured(9, batchingOff, 1, 2)}); len(v) != 1 {
		t.Errorf("on saturated: %v", v)
	}
	if v := judge([]point{on}); len(v) != 0 {
		t.Errorf("off stopped before: %v", v)
	}
}

func TestWhatSaturates(t *testing.T) {
	for f, limit := range map[figure]float64{failed: 1, p50: 100, lag99: 100} {
		p := point{}
		if p.of[f].median = limit; p.saturated() {
			t.Errorf("%v at its limit saturates", f)
		}
		if p.of[f].median = limit + 1; !p.saturated() {
			t.Errorf("%v above its limit does not saturate", f)
		}
	}
}
