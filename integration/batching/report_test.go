package main

import (
	"bytes"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestARatioIsTakenRoundByRound(t *testing.T) {
	a, b := sample{9, 2, 30, 4, 50, 6, 70}, sample{3, 1, 10, 2, 10, 2, 10}
	if got := a.over(b).String(); got != "3.00 [2.00 7.00]" {
		t.Error(got)
	}
	if got := a.over(b).String(); got != "3.00 [2.00 7.00]" || a[0] != 9 {
		t.Error("a summary changed the order of the rounds:", got, a)
	}
	if got := a.less(b).median(); got != 6 {
		t.Error(got)
	}
}

func TestNumbersHaveThreeDigitsThatCount(t *testing.T) {
	for x, want := range map[float64]string{0: "0.00", 0.0123: "0.0123", 0.5: "0.500", 1: "1.00", 12.34: "12.3", 123.4: "123", 98765: "98765"} {
		if got := show(x); got != want {
			t.Errorf("%v: %s", x, got)
		}
	}
}

func TestATargetIsJudgedByTheMedianAndTheInterval(t *testing.T) {
	steady, wild := sample{2, 2, 2, 2, 2, 2, 2}, sample{1, 1, 1, 2, 3, 3, 3}
	for want, target := range map[string]target{
		"met":    atMost(2, "", steady),
		"missed": atLeast(2.5, "", steady),
		"met, not for sure: the interval goes both ways":    atMost(2, "", wild),
		"missed, not for sure: the interval goes both ways": atMost(1.5, "", wild),
		"missed, too few rounds to be sure":                 atMost(1, "", sample{2, 2}),
		"met, too few rounds to be sure":                    atLeast(1, "", sample{2, 2}),
	} {
		if got := target.verdict(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestASmallRunPrintsEveryContestantAndEveryTarget(t *testing.T) {
	s := settings{rounds: 2, callers: 10, checks: 2, distinct: 5, lone: 2, chunks: 1, random: rand.New(rand.NewPCG(1, 2)), progress: io.Discard}
	var out bytes.Buffer
	if _, err := perform(t.Context(), &out, s, ""); err != nil {
		t.Fatal(err)
	}
	for _, by := range contestants() {
		if !strings.Contains(out.String(), by.name) {
			t.Error("no row of", by.name)
		}
	}
	if n := strings.Count(out.String(), "met") + strings.Count(out.String(), "missed"); n != 11 {
		t.Errorf("%d verdicts:\n%s", n, out.String())
	}
	if got := atMost(0, "", sample{0}).verdict(); got != "met" {
		t.Error("one value for all rounds:", got)
	}
	if _, err := perform(t.Context(), &out, s, "no such"); err == nil {
		t.Error("an unknown name is no error")
	}
}
