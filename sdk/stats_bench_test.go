package sdk_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk"
)

// statsClient is a client of 20 replicas that have answered and failed, whose ring of events is full.
func statsClient(tb testing.TB) *sdk.Client {
	tb.Helper()
	names := make([]string, 20)
	for i := range names {
		names[i] = fmt.Sprint("replica-", i)
	}
	f, source := newFleet(tb, names...), newTeller()
	c := f.clientWith(sdk.Config{CacheEntries: sdk.Off}, sdk.WithSource(source))
	update := <-source.update
	for i := range 120 { // an event for each that joins or leaves
		update(discovery.Snapshot{Instances: instances(names[:20-i%2]...), Source: "bench", At: time.Now()})
	}
	update(discovery.Snapshot{Instances: instances(names...), Source: "bench", At: time.Now()})
	f.replicas[names[0]].answer(status(500))
	for i := range 300 {
		c.Validate(tb.Context(), fmt.Sprint(i)) //nolint:errcheck // one replica fails
	}
	f.all(status(500))
	for i := range 200 {
		c.Validate(tb.Context(), fmt.Sprint(i)) //nolint:errcheck // all fail
	}
	if s := c.Stats(); len(s.Replicas) != 20 || len(s.Events) != 100 || len(s.Problems) < 10 {
		tb.Fatalf("%d replicas, %d events, %d problems", len(s.Replicas), len(s.Events), len(s.Problems))
	}
	return c
}

// BenchmarkStats is what a read of the statistics costs, by itself and made into JSON. The best of all is the nearest to what it takes of
// a core, on a machine that does other things too.
func BenchmarkStats(b *testing.B) {
	c := statsClient(b)
	b.Run("read", func(b *testing.B) {
		best := bestOf(b, func() int { return len(c.Stats().Replicas) })
		b.ReportMetric(float64(best.Nanoseconds())/1000, "µs-best")
	})
	b.Run("read+JSON", func(b *testing.B) {
		size := 0
		best := bestOf(b, func() int { size = asJSON(b, c); return size })
		b.ReportMetric(float64(best.Nanoseconds())/1000, "µs-best")
		b.ReportMetric(float64(size), "bytes")
	})
}

// bestOf runs a benchmark and returns the shortest run.
func bestOf(b *testing.B, run func() int) (best time.Duration) {
	b.ReportAllocs()
	best = time.Hour
	for b.Loop() {
		began := time.Now()
		if run() == 0 {
			b.Fatal("nothing was read")
		}
		best = min(best, time.Since(began))
	}
	return best
}

// asJSON reads the statistics as JSON, and returns its size.
func asJSON(tb testing.TB, c *sdk.Client) int {
	tb.Helper()
	body, err := json.Marshal(c.Stats())
	if err != nil {
		tb.Fatal(err)
	}
	return len(body)
}

func TestAReadOfTheStatisticsAsJSONTakesAMillisecondAtMost(t *testing.T) {
	if played(false, true) {
		t.Skip("the race detector takes its time")
	}
	c := statsClient(t)
	best := time.Hour
	for range 50 {
		began := time.Now()
		asJSON(t, c)
		best = min(best, time.Since(began))
	}
	if best > time.Millisecond {
		t.Errorf("%v at best", best)
	}
}
