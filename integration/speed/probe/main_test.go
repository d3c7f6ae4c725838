package main

import (
	"bufio"
	"math/rand/v2"
	"strings"
	"testing"
)

var small = size{chunks: 3, calls: 10, lone: 3, callers: 20, each: 2}

func TestEveryExperimentPrintsItsFiguresAtEachTurn(t *testing.T) {
	for name, want := range map[string][]string{
		"hit":   {"hit", "hit.allocations"},
		"lone":  {"lone"},
		"pick":  {"pick"},
		"crowd": {"crowd.cpu", "crowd.throughput"},
	} {
		var out strings.Builder
		turns := turns{bufio.NewScanner(strings.NewReader("\n\n")), &out}
		if err := perform(t.Context(), turns, small, []string{name, "1"}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if n := strings.Count(out.String(), "\n\n"); n != 2 {
			t.Errorf("%s: %d slices for 2 turns", name, n)
		}
		for _, figure := range want {
			if !strings.Contains(out.String(), figure+" ") {
				t.Errorf("%s: no %s in %q", name, figure, out.String())
			}
		}
	}
}

func TestArgumentsThatNameNothingAreRefused(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"hit"}, {"no such", "1"}, {"hit", "seed"}} {
		if err := perform(t.Context(), turns{}, small, args); err == nil {
			t.Errorf("%q: no error", args)
		}
	}
}

func TestEachTurnOfTheCallersIsSpreadEvenlyOverTheSIDs(t *testing.T) {
	t.Parallel()
	c := newCrowd(100, 4, 50, rand.New(rand.NewPCG(1, 2)))
	for turn := range 4 {
		count := map[string]int{}
		for _, sids := range c {
			count[sids[turn]]++
		}
		for sid, n := range count {
			if n != 2 {
				t.Errorf("turn %d: %s is asked for %d times", turn, sid, n)
			}
		}
	}
	if c.checks() != 400 || c.begins(1).checks() != 100 {
		t.Error(c.checks(), c.begins(1).checks())
	}
}

func TestTheMedianIsOneOfTheValues(t *testing.T) {
	t.Parallel()
	if got := median([]float64{4, 1, 3, 2}); got != 3 {
		t.Error(got)
	}
}
