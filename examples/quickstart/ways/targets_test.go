package ways

import (
	"slices"
	"strings"
	"testing"
)

// met are results of one round in which every target is met.
func met() results {
	return results{
		keyUnchecked: {{of: [figures]float64{median: 1, slow: 2, cpuMS1: 0.6}, results: [outcomes]int64{right: 98, wrong: 2}}},
		keyToday:     {{of: [figures]float64{requests: 5, median: 2, slow: 5, cpuMS1: 1.2, cpuMS2: 0.4}, asked: 500}},
		"b":          {{of: [figures]float64{requests: 5, median: 2, slow: 5, cpuMS1: 1.2, cpuMS2: 0.4}, asked: 500}},
		keySDK:       {{of: [figures]float64{requests: 0.9, median: 1.8, slow: 3, cpuMS1: 1, cpuMS2: 0.3}, asked: 90}},
		keyFirst:     {{of: [figures]float64{median: 1.5, slow: 3, cpuMS1: 1.1}}},
		keyAgain:     {{of: [figures]float64{median: 1.1, slow: 2, cpuMS1: 0.7}}},
		keyGateway:   {{of: [figures]float64{pages: 4, median: 2, slow: 5, cpuMS1: 0.8, cpuMS2: 1, cpuGateway: 1}}},
		keyKept:      {{of: [figures]float64{pages: 0, median: 2, slow: 5, cpuMS1: 0.8, cpuMS2: 1, cpuGateway: 1}}},
	}
}

func TestTargetsAreMetOrMissed(t *testing.T) {
	t.Parallel()
	for missed, change := range map[string]func(results){
		"":               func(results) {},
		"CPU an order":   func(r results) { r[keyAgain][0].of[cpuMS1] = 0.76 }, // 0.16 of the 1.0 that a adds
		"p50 of an":      func(r results) { r[keyAgain][0].of[median] = 1.16 },
		"p99 of d2":      func(r results) { r[keyAgain][0].of[slow] = 3.1 },
		"of c, as":       func(r results) { r[keySDK][0].of[requests] = 1.01 },
		"MS2 of d1":      func(r results) { r[keyFirst][0].asked = 1 },
		"MS2 of d2":      func(r results) { r[keyAgain][0].asked = 1 },
		"MS2 of e1":      func(r results) { r[keyGateway][0].asked = 1 },
		"MS2 of e2":      func(r results) { r[keyKept][0].asked = 1 },
		"wrong verdicts": func(r results) { r["b"][0].results[wrong] = 1 },
		"without an":     func(r results) { r[keyUnchecked][0].results[broken] = 1 },
	} {
		var out strings.Builder
		r := met()
		change(r)
		for key := range r {
			r[key] = slices.Repeat(r[key], 6)
		}
		ok := printTargets(&out, r.targets())
		for line := range strings.Lines(out.String()) {
			if strings.HasPrefix(line, "MISSED") != (missed != "" && strings.Contains(line, missed)) {
				t.Errorf("%q: %s", missed, line)
			}
		}
		if ok != (missed == "") || strings.Count(out.String(), "\n") != 10 {
			t.Errorf("%q: got %v and\n%s", missed, ok, &out)
		}
	}
}

func TestEstimatesFromFewRoundsAreNotJudgedAndCountsAre(t *testing.T) {
	t.Parallel()
	for _, rounds := range []int{1, 5} {
		r := met()
		r[keyAgain][0].of[median], r[keyAgain][0].of[slow] = 1.9, 9
		for key := range r {
			r[key] = slices.Repeat(r[key], rounds)
		}
		var out strings.Builder
		if ok := printTargets(&out, r.targets()); !ok || strings.Count(out.String(), "too few rounds to judge") != 4 || strings.Contains(out.String(), "[") {
			t.Errorf("%d rounds: got %v and\n%s", rounds, ok, &out)
		}
		r["b"][0].results[wrong] = 1
		if ok := printTargets(&out, r.targets()); ok || !strings.Contains(out.String(), "MISSED    1.00, at most 0      wrong verdicts") {
			t.Errorf("%d rounds, a wrong verdict: got %v and\n%s", rounds, ok, &out)
		}
	}
}

func TestSharesAreOfTheSameRound(t *testing.T) {
	t.Parallel()
	of := func(values ...float64) (all []sample) {
		for _, v := range values {
			all = append(all, sample{of: [figures]float64{cpuMS1: v}})
		}
		return all
	}
	r := results{keyUnchecked: of(1, 10, 100), keyToday: of(2, 20, 200), keyAgain: of(1.1, 11, 150)}
	if got := r.share(keyAgain, keyToday, sample.cpu); short(got.median) != "0.100" || short(got.high) != "0.500" {
		t.Errorf("got %v", got)
	}
}
