package simulate

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

var (
	seeds    = flag.Int("seeds", 1, "runs of each policy in each scenario")
	requests = flag.Int("requests", 20_000, "requests of a run")
	plot     = flag.String("plot", "", "folder for a picture of each scenario")
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
			save(t, r)
			t.Logf("%v in %v", r, time.Since(began).Round(time.Millisecond))
		})
	}
}

// playAll plays a scenario to every contender in bubbles.
func playAll(t *testing.T, s *scenario, seeds, requests int) *result {
	r := &result{scenario: s, samples: make([][]sample, len(contenders)), curves: make([][]curve, len(contenders))}
	for seed := range uint64(seeds) {
		traffic := newTraffic(s, int(s.scale*float64(requests)), seed)
		for i, c := range contenders {
			synctest.Test(t, func(*testing.T) {
				m := play(s, traffic, seed, c.make)
				r.samples[i] = append(r.samples[i], m.sample())
				r.curves[i] = append(r.curves[i], m.curve())
			})
		}
	}
	return r
}

func save(t *testing.T, r *result) {
	if *plot == "" {
		return
	}
	name := strings.NewReplacer(" ", "-", ",", "", "%", "percent", ":", "-").Replace(r.scenario.name) + ".svg"
	if err := os.WriteFile(filepath.Join(*plot, name), r.draw(), 0o644); err != nil {
		t.Error(err)
	}
}
