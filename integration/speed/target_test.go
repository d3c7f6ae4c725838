package main

import (
	"testing"

	"ms2.internal/lb/integration/speed/internal/sample"
)

func TestARatioIsJudgedByTheUpperEndOfItsInterval(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		ratios sample.Sample
		want   verdict
	}{
		{sample.Sample{1, 1, 1.01, 1.01, 1.03, 1.03}, met},
		{sample.Sample{1, 1, 1, 1, 1, 1.031}, missed},
		{sample.Sample{0.9, 0.9, 0.9, 0.9, 0.9, 0.96}, unsure},
		{sample.Sample{1, 1, 1}, unsure},
	} {
		s := &series{target: atMost(1.03), ratios: c.ratios}
		if got := s.verdict(); got != c.want {
			t.Errorf("%v: %s, want %s", c.ratios, got, c.want)
		}
	}
}

func TestAllocationsAreJudgedByThePresentTreeAlone(t *testing.T) {
	t.Parallel()
	freed := &series{target: none, values: [2]sample.Sample{present: {0, 0}, earlier: {1, 1}}}
	if got := freed.verdict(); got != met {
		t.Error("none at present:", got)
	}
	once := &series{target: none, values: [2]sample.Sample{present: {0, 1, 0}, earlier: {0, 0, 0}}}
	if got := once.verdict(); got != missed {
		t.Error("one in one round:", got)
	}
}

func TestOnlyWhatIsMissedOrUnsureFails(t *testing.T) {
	t.Parallel()
	for v, want := range map[verdict]bool{open: false, met: false, missed: true, unsure: true} {
		if v.failed() != want {
			t.Errorf("%s: %v", v, v.failed())
		}
	}
}
