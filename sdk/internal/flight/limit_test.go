package flight

import (
	"math"
	"testing"
)

// play has the limit see so many batches, of ten checks each, that take what times says for the number under way.
func play(l *limit, batches int, gathered bool, times func(under int) float64) {
	for range batches {
		l.observe(gathered, 10, 10*math.Log(times(l.now())))
	}
}

func TestTheLimitGoesWhereChecksTakeLeast(t *testing.T) {
	for _, best := range []float64{2, 5, 12} {
		l := newLimit(20)
		play(&l, 20_000, true, func(under int) float64 { return 1 + math.Abs(float64(under)-best)/best })
		if got := float64(l.now()); math.Abs(got-best) > 1+best/4 {
			t.Errorf("limit %v, best is %v", got, best)
		}
	}
}

func TestTheLimitPrefersFewerBatchesWhenTheTimeIsTheSame(t *testing.T) {
	l := newLimit(20)
	play(&l, 20_000, true, func(int) float64 { return 7 })
	if got := l.now(); got > 3 {
		t.Errorf("limit %d", got)
	}
}

func TestTheLimitGoesBackToTheMostWhileItDoesNotMatter(t *testing.T) {
	l := newLimit(20)
	play(&l, 20_000, true, func(int) float64 { return 7 })
	play(&l, 5_000, false, func(int) float64 { return 7 })
	if got := l.now(); got != 20 {
		t.Errorf("limit %d", got)
	}
}
