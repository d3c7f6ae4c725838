package sample

import (
	"math"
	"testing"
)

func TestARatioIsTakenPairByPair(t *testing.T) {
	t.Parallel()
	a, b := Sample{9, 2, 30, 4, 50, 6, 70}, Sample{3, 1, 10, 2, 10, 2, 10}
	if got := a.Over(b).String(); got != "3.000 [2.000 7.000]" {
		t.Error(got)
	}
	if a.Median(); a[0] != 9 || b[0] != 3 {
		t.Error("a summary changed the order of the rounds:", a, b)
	}
}

func TestAnIntervalIsBetweenOrderStatistics(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{
		5:  "3.000",                 // too few for an interval
		6:  "3.500 [1.000 6.000]",   // the least and the greatest: 1 - 2/2^6 = 96.9 %
		20: "10.500 [6.000 15.000]", // the 6th and the 15th: 95.9 %
	} {
		var s Sample
		for i := n; i >= 1; i-- {
			s = append(s, float64(i))
		}
		if got := s.String(); got != want {
			t.Errorf("%d rounds: %s, want %s", n, got, want)
		}
	}
}

func TestAnIntervalIsNarrowOnceItIsKnown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		s    Sample
		want bool
	}{
		{Sample{1, 1, 1, 1, 1}, false},
		{Sample{1, 1, 1, 1, 1, 1.04}, true},
		{Sample{1, 1, 1, 1, 1, 1.06}, false},
		{Sample{1, 1, 1, 1, 1, math.Inf(1)}, false},
	} {
		if got := c.s.Narrow(); got != c.want {
			t.Errorf("%v: %v", c.s, got)
		}
	}
}
