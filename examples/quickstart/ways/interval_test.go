package ways

import "testing"

func TestAnIntervalLeavesOutWhatChanceMayBring(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		samples []float64
		want    interval
	}{
		"none":  {nil, interval{}},
		"one":   {[]float64{7}, interval{7, 7, 7}},
		"two":   {[]float64{3, 1}, interval{2, 1, 3}},
		"five":  {[]float64{5, 1, 4, 2, 3}, interval{3, 1, 5}},
		"ten":   {[]float64{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, interval{5.5, 2, 9}},
		"a far": {[]float64{1, 1, 1, 1, 1, 1, 1, 1, 1, 900}, interval{1, 1, 1}},
	} {
		if got := newInterval(c.samples); got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

func TestTheConfidenceOfAnIntervalIsThatOfTossedCoins(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n, rank int
		percent float64 // 100 - 200·(ways to have fewer than rank on one side)/2^n
	}{
		{1, 1, 0}, {2, 1, 50}, {5, 1, 93.75}, {6, 1, 96.875}, {8, 1, 99.21875}, {9, 2, 96.09375}, {10, 2, 97.8515625}, {12, 3, 96.142578125},
	} {
		if got := rank(c.n); got != c.rank || 100*coverage(c.n, got) != c.percent {
			t.Errorf("%d samples: rank %d with %v %%, want %d with %v %%", c.n, got, 100*coverage(c.n, got), c.rank, c.percent)
		}
	}
}
