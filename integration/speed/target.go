package main

import (
	"fmt"
	"slices"
)

// target is what a figure should keep to.
type target struct {
	kind  kind
	limit float64
}

type kind int

const (
	notJudged   kind = iota
	alwaysZero       // the present tree's value, in every round
	atMostRatio      // the upper end of the ratio's interval, by the limit
)

var (
	unjudged = target{kind: notJudged}
	none     = target{kind: alwaysZero}
)

func atMost(limit float64) target { return target{kind: atMostRatio, limit: limit} }

func (t target) String() string {
	return [...]string{"–", "0", fmt.Sprintf("≤ %v", t.limit)}[t.kind]
}

// verdict is how a figure did by its target.
type verdict string

const (
	open   verdict = "–"
	met    verdict = "met"
	missed verdict = "missed"
	unsure verdict = "unsure: the interval stayed too wide"
)

// failed reports whether the verdict is one that -strict does not let pass.
func (v verdict) failed() bool { return v == missed || v == unsure }

// verdict judges the figure. The whole interval must keep to the limit: a median within it could be luck.
func (s *series) verdict() verdict {
	switch {
	case s.target.kind == notJudged:
		return open
	case s.target.kind == alwaysZero:
		return judge(slices.Max(s.values[present]) == 0)
	case !s.ratios.Narrow():
		return unsure
	}
	return judge(s.ratios.Summary().Hi <= s.target.limit)
}

func judge(kept bool) verdict {
	if kept {
		return met
	}
	return missed
}
