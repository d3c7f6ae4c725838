package simulate

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

var (
	seeds    = flag.Int("seeds", 0, "runs of each policy in each scenario; 0 means a single short one")
	first    = flag.Uint64("first", 0, "the first of the seeds")
	requests = flag.Int("requests", 0, "requests of a run; 0 means 20,000, or 1,000 without -seeds")
	plot     = flag.String("plot", "", "folder for a picture of each scenario")
	only     = flag.String("only", "", "scenarios whose name holds this `pattern`")
)

// Without flags it shows that every scenario can be played; what is claimed of the figures is tested apart.
func TestTable(t *testing.T) {
	count := *requests
	if count == 0 && *seeds == 0 {
		count = 1000
	} else if count == 0 {
		count = 20_000
	}
	wanted := regexp.MustCompile(*only)
	for _, s := range catalogue() {
		if !wanted.MatchString(s.name) {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			r := playAll(t, s, max(1, *seeds), count, groups[*policies])
			if *figuresTo != "" {
				r.save(t, *figuresTo)
				return
			}
			r.picture(t)
			t.Logf("%v in %v", r, time.Since(began).Round(time.Millisecond))
		})
	}
}

// playAll plays a scenario to some of the contenders in bubbles.
func playAll(t *testing.T, s *scenario, seeds, requests int, among func(contender) bool) *result {
	r := newResult(s)
	for seed := *first; seed < *first+uint64(seeds); seed++ {
		traffic := newTraffic(s, int(s.scale*float64(requests)), seed)
		for i, c := range contenders {
			if among(c) {
				synctest.Test(t, func(*testing.T) { r.play(i, traffic, seed) })
			}
		}
	}
	return r
}

// picture saves the plot, if one is wanted.
func (r *result) picture(t *testing.T) {
	if *plot == "" {
		return
	}
	name := strings.NewReplacer(" ", "-", ",", "", "%", "percent", ":", "-").Replace(r.scenario.name) + ".svg"
	if err := os.WriteFile(filepath.Join(*plot, name), r.draw(), 0o644); err != nil {
		t.Error(err)
	}
}

func TestEveryContenderHasAColour(t *testing.T) {
	if len(colours) != len(contenders) {
		t.Errorf("%d colours for %d contenders", len(colours), len(contenders))
	}
}
