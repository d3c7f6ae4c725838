package main

import (
	"slices"
	"strings"
)

// experiment is one of those in the package comment.
type experiment struct {
	name   string // the probe's argument
	slices int    // of each side in a round
	series []*series
}

// experiments returns all of them, without values yet.
func experiments() []experiment {
	return []experiment{
		{"hit", 100, []*series{
			{name: "hit", unit: "ns", target: atMost(1.03)},
			{name: "hit.allocations", unit: "a check", target: none},
		}},
		{"lone", 120, []*series{{name: "lone", unit: "µs", target: atMost(1.03)}}},
		{"pick", 100, []*series{{name: "pick", unit: "ns", target: atMost(1.03)}}},
		{"crowd", 16, []*series{
			{name: "crowd.cpu", unit: "µs a check", target: atMost(1.08)},
			{name: "crowd.throughput", unit: "checks/s", target: unjudged},
		}},
	}
}

// choose returns the experiments whose names contain the word.
func choose(word string) []experiment {
	return slices.DeleteFunc(experiments(), func(e experiment) bool { return !strings.Contains(e.name, word) })
}

// add takes the figures of one side's slice.
func (e experiment) add(s side, f figures) error {
	for _, series := range e.series {
		if err := series.add(s, f); err != nil {
			return err
		}
	}
	return nil
}

// endRound condenses the slices since the last call to one value of each figure.
func (e experiment) endRound() {
	for _, s := range e.series {
		s.endRound()
	}
}

// sure reports whether every ratio that has a target is known well enough to judge it.
func (e experiment) sure() bool {
	for _, s := range e.series {
		if s.target.kind == atMostRatio && !s.ratios.Narrow() {
			return false
		}
	}
	return true
}
