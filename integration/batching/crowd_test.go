package main

import (
	"math/rand/v2"
	"testing"
	"time"
)

func TestEachTurnOfTheCallersIsSpreadEvenlyOverTheSIDs(t *testing.T) {
	c := newCrowd(100, 4, 50, rand.New(rand.NewPCG(1, 2)))
	for turn := range 4 {
		count := map[string]int{}
		for _, sids := range c.sids {
			count[sids[turn]]++
		}
		for sid, n := range count {
			if n != 2 {
				t.Errorf("turn %d: %s is asked for %d times", turn, sid, n)
			}
		}
	}
	if c.checks() != 400 || c.asked() != 200 || c.begins(1).checks() != 100 {
		t.Error(c.checks(), c.asked(), c.begins(1).checks())
	}
}

func TestAQuantileIsOneOfTheValues(t *testing.T) {
	sorted := []time.Duration{1, 2, 3, 4}
	for share, want := range map[float64]time.Duration{0: 1, 0.5: 3, 0.99: 4, 1: 4} {
		if got := quantile(sorted, share); got != want {
			t.Errorf("%v: %v", share, got)
		}
	}
}
