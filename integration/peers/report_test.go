package main

import (
	"bytes"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func TestARatioIsTakenRoundByRound(t *testing.T) {
	a, b := sample{9, 2, 30, 4, 50, 6, 70}, sample{3, 1, 10, 2, 10, 2, 10}
	if got := a.over(b).String(); got != "3.00 [2.00 7.00]" {
		t.Error(got)
	}
	if got := a.over(b).String(); got != "3.00 [2.00 7.00]" || a[0] != 9 {
		t.Error("a summary changed the order of the rounds:", got, a)
	}
}

func TestATargetIsJudgedByTheMedianAndTheInterval(t *testing.T) {
	steady, wild := sample{2, 2, 2, 2, 2, 2, 2}, sample{1, 1, 1, 2, 3, 3, 3}
	for want, target := range map[string]target{
		"met":    atMost(2, "", steady),
		"missed": atMost(1.5, "", steady),
		"met, not for sure: the interval goes both ways":    atMost(2, "", wild),
		"missed, not for sure: the interval goes both ways": atMost(1.5, "", wild),
		"missed, too few rounds to be sure":                 atMost(1, "", sample{2, 2}),
		"met, too few rounds to be sure":                    atMost(2, "", sample{2, 2}),
	} {
		if got := target.verdict(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if got := atMost(0, "", sample{0}).verdict(); got != "met" {
		t.Error("one value for all rounds:", got)
	}
}

func TestASmallRunPrintsEveryRuleAndEveryTarget(t *testing.T) {
	s := settings{rules: rules(), rounds: 1, replicas: []int{2, 20}, slice: time.Microsecond, random: rand.New(rand.NewPCG(1, 2)), progress: io.Discard}
	var out bytes.Buffer
	if _, err := perform(t.Context(), &out, s); err != nil {
		t.Fatal(err)
	}
	for _, r := range rules() {
		if !strings.Contains(out.String(), "\n"+r.name+"  ") {
			t.Error("no row of", r.name)
		}
	}
	const want = 2*16 + 2 // 7 for each number of replicas, 3 for each harder condition, 2 for the growth
	if n := strings.Count(out.String(), "  met") + strings.Count(out.String(), "  missed"); n != want {
		t.Errorf("%d verdicts, want %d:\n%s", n, want, out.String())
	}
}

func TestOnlySomeRulesLeaveTheTargetsThatNameThem(t *testing.T) {
	s := settings{rounds: 1, replicas: []int{2, 20}, slice: time.Microsecond, random: rand.New(rand.NewPCG(1, 2)), progress: io.Discard}
	if err := s.setRules("nothing of that name"); err == nil {
		t.Error("no rule at all was taken")
	}
	if err := s.setRules("weights,floor"); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := perform(t.Context(), &out, s); err != nil {
		t.Fatal(err)
	}
	const want = 2 * 3
	if n := strings.Count(out.String(), "  met") + strings.Count(out.String(), "  missed"); n != want || len(s.rules) != 2 {
		t.Errorf("%d verdicts, want %d:\n%s", n, want, out.String())
	}
}

func TestNumbersOfReplicasAreRefusedUnlessTheyAscendFromTwo(t *testing.T) {
	var s settings
	for list, good := range map[string]bool{"10,100,1000": true, "2": true, "1": false, "10,10": false, "100,10": false, "": false, "a": false} {
		if err := s.setReplicas(list); (err == nil) != good {
			t.Errorf("%q: %v", list, err)
		}
	}
}
