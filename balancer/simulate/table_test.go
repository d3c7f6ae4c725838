package simulate

import (
	"flag"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

var (
	seeds    = flag.Int("seeds", 1, "runs of each policy in each scenario")
	requests = flag.Int("requests", 20_000, "requests of a run")
	only     = flag.String("only", "", "scenarios whose name holds this")
)

func TestTable(t *testing.T) {
	for _, s := range catalogue() {
		if !strings.Contains(s.name, *only) {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			r := playAll(t, s, *seeds, *requests)
			t.Logf("%v in %v", r, time.Since(began).Round(time.Millisecond))
		})
	}
}

// playAll plays a scenario to every contender in bubbles.
func playAll(t *testing.T, s *scenario, seeds, requests int) *result {
	r := &result{scenario: s, samples: make([][]sample, len(contenders))}
	for seed := range uint64(seeds) {
		traffic := newTraffic(s, int(s.scale*float64(requests)), seed)
		for i, c := range contenders {
			synctest.Test(t, func(*testing.T) {
				m := play(s, traffic, seed, c.make)
				r.samples[i] = append(r.samples[i], m.sample())
			})
		}
	}
	return r
}
