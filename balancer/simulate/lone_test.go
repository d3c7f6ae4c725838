package simulate

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// loneP99 is the 99th percentile of the checks of one SID, in the median of some seeds, in milliseconds.
func loneP99(t *testing.T, s *scenario, newPolicy maker) float64 {
	var all []float64
	for seed := range uint64(3) {
		traffic := newTraffic(s, 20_000, seed)
		synctest.Test(t, func(*testing.T) {
			m := play(s, traffic, seed, newPolicy)
			slices.Sort(m.lone)
			all = append(all, float64(m.lone[len(m.lone)*99/100])/float64(time.Millisecond))
		})
	}
	return median(all)
}

func TestLoneChecksBesideBatchesTakeLittleLonger(t *testing.T) {
	for i, s := range batches() {
		small := *s
		small.batches = 0
		alone, ours, peer := loneP99(t, &small, newOurs), loneP99(t, s, newOurs), loneP99(t, s, newTwoChoices)
		t.Logf("%s: p99 of lone checks %.3g ms, all small %.3g, p2c in flight %.3g", s.name, ours, alone, peer)
		if i == 0 && ours > 1.1*alone { // where batches are most of the work, no two choices find a free slot so often
			t.Errorf("%s: p99 of lone checks is %.3g ms, want within 10 %% of %.3g", s.name, ours, alone)
		}
		if ours > 1.05*peer {
			t.Errorf("%s: p99 of lone checks is %.3g ms, want no more than p2c in flight, %.3g", s.name, ours, peer)
		}
	}
}
