package latency_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	"ms2.internal/lb/sdk/internal/latency"
)

// from 16 µs to over a minute, evenly over the factors of two.
func anyDuration() time.Duration {
	return time.Duration(float64(16384*time.Nanosecond) * math.Exp2(22*rand.Float64()))
}

func TestAQuantileIsAtMostAnEighthTooHighAndNeverTooLow(t *testing.T) {
	for range 300 {
		h, samples := &latency.Histogram{}, make([]time.Duration, 1+rand.IntN(300))
		scale := 1 + rand.IntN(3)
		for i := range samples {
			samples[i] = anyDuration() / time.Duration(scale) * time.Duration(scale)
			samples[i] = max(samples[i], 16384)
			h.Record(samples[i])
		}
		slices.Sort(samples)
		s, ok := h.Recent()
		if !ok || s.Count != int64(len(samples)) {
			t.Fatalf("%d samples: %+v, %t", len(samples), s, ok)
		}
		for part, got := range map[float64]time.Duration{0.5: s.P50, 0.9: s.P90, 0.99: s.P99, 1: s.Max} {
			want := samples[int(math.Ceil(part*float64(len(samples))))-1]
			if got < want || got > want+want/8+1 {
				t.Fatalf("quantile %v of %d: %v, want %v to an eighth more", part, len(samples), got, want)
			}
		}
	}
}

func TestWhatIsTooShortOrTooLongIsCountedAtTheEnds(t *testing.T) {
	h := &latency.Histogram{}
	for _, d := range []time.Duration{math.MinInt64, -1, 0, 1, 16383} {
		h.Record(d)
	}
	if s, _ := h.Recent(); s.Count != 5 || s.Max != 16384 {
		t.Errorf("got %+v", s)
	}
	h.Record(math.MaxInt64)
	if s, _ := h.Recent(); s.Count != 6 || s.Max < 4*time.Minute || s.P50 != 16384 {
		t.Errorf("got %+v", s)
	}
}

func TestTheWindowIsHalfAMinuteToAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &latency.Histogram{}
		if s, ok := h.Recent(); ok {
			t.Errorf("without a sample: %+v", s)
		}
		type sample struct {
			at time.Time
			d  time.Duration
		}
		var all []sample
		for range 2000 {
			<-time.After(time.Duration(rand.Int64N(int64(30 * time.Second))))
			if rand.IntN(20) == 0 {
				<-time.After(time.Duration(rand.Int64N(int64(3 * time.Minute))))
			}
			if rand.IntN(3) > 0 {
				d := anyDuration()
				h.Record(d)
				all = append(all, sample{time.Now(), d})
			}
			if rand.IntN(3) > 0 {
				continue
			}
			least, most := 0, 0
			for _, s := range all {
				if age := time.Since(s.at); age < 30*time.Second {
					least, most = least+1, most+1
				} else if age <= time.Minute {
					most++
				}
			}
			if s, ok := h.Recent(); int(s.Count) < least || int(s.Count) > most || ok != (s.Count > 0) {
				t.Fatalf("%d samples, want %d to %d", s.Count, least, most)
			}
		}
	})
}

func TestNoSampleIsLostWhileOthersReadAndTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, group := &latency.Histogram{}, sync.WaitGroup{}
		for range 8 {
			group.Go(func() {
				for i := range 1000 {
					h.Record(time.Duration(i) * time.Microsecond)
					h.Recent()
				}
			})
		}
		group.Wait()
		if s, _ := h.Recent(); s.Count != 8000 {
			t.Errorf("%d of 8000", s.Count)
		}
		<-time.After(20 * time.Second)
		for range 8 {
			group.Go(func() {
				for range 100 {
					<-time.After(time.Second)
					h.Record(time.Second)
					h.Recent()
				}
			})
		}
		group.Wait()
		if s, _ := h.Recent(); s.Count < 8*30 || s.Count > 8*60 {
			t.Errorf("%d in the window", s.Count)
		}
	})
}

func TestAThousandHistogramsTakeLessThanThreeMegabytes(t *testing.T) {
	if size := unsafe.Sizeof(latency.Histogram{}); size > 3000 {
		t.Errorf("%d bytes each", size)
	}
}

func BenchmarkRecord(b *testing.B) {
	h, now := &latency.Histogram{}, time.Now()
	var counter atomic.Int64
	b.Run("bare add", func(b *testing.B) {
		for range b.N {
			counter.Add(1)
		}
	})
	b.Run("record at", func(b *testing.B) {
		for i := range b.N {
			h.RecordAt(now, time.Duration(i)*time.Microsecond)
		}
	})
	b.Run("record", func(b *testing.B) {
		for i := range b.N {
			h.Record(time.Duration(i) * time.Microsecond)
		}
	})
	b.Run("recent", func(b *testing.B) {
		for range b.N {
			h.Recent()
		}
	})
}
