package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// target is what a figure's median should not pass.
type target struct {
	what   string
	figure sample
	limit  float64
}

func atMost(limit float64, what string, figure sample) target { return target{what, figure, limit} }

func (t target) met() bool { return t.figure.median() <= t.limit }

// verdict says whether the target is met, and whether the interval agrees.
func (t target) verdict() string {
	word := "missed"
	if t.met() {
		word = "met"
	}
	switch low, high, known := t.figure.interval(); {
	case len(t.figure) == 1: // nothing that differs by round
	case !known:
		word += ", too few rounds to be sure"
	case low <= t.limit && high > t.limit:
		word += ", not for sure: the interval goes both ways"
	}
	return word
}

func (t target) String() string {
	return fmt.Sprintf("%s\t≤ %s\t%v\t%s", t.what, show(t.limit), t.figure, t.verdict())
}

// printTargets ends the output. It returns how many are missed.
func printTargets(out io.Writer, targets []target) (missed int) {
	fmt.Fprint(out, "\nTargets: median of the rounds' ratios [95 % confidence]\n\n")
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	for _, t := range targets {
		fmt.Fprintln(w, t)
		if !t.met() {
			missed++
		}
	}
	_ = w.Flush()
	return missed
}
