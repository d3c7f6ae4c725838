package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// report is what an experiment brings.
type report struct {
	title   string
	header  []string
	rows    [][]string
	targets []target
}

// target is what a figure's median should not pass.
type target struct {
	what    string
	figure  sample
	limit   float64
	atLeast bool // the limit is the least that will do, not the most
}

func atMost(limit float64, what string, figure sample) target {
	return target{what: what, figure: figure, limit: limit}
}

func atLeast(limit float64, what string, figure sample) target {
	return target{what: what, figure: figure, limit: limit, atLeast: true}
}

func (t target) met() bool { return t.holds(t.figure.median()) }

func (t target) holds(x float64) bool {
	if t.atLeast {
		return x >= t.limit
	}
	return x <= t.limit
}

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
	case t.holds(low) != t.holds(high):
		word += ", not for sure: the interval goes both ways"
	}
	return word
}

func (t target) String() string {
	sign := "≤"
	if t.atLeast {
		sign = "≥"
	}
	return fmt.Sprintf("%s\t%s %v\t%v\t%s", t.what, sign, t.limit, t.figure, t.verdict())
}

// with is the report with more targets.
func (r report) with(targets ...target) report {
	r.targets = append(r.targets, targets...)
	return r
}

// print writes the report as aligned columns.
func (r report) print(out io.Writer) {
	fmt.Fprintf(out, "\n%s\n\n", r.title)
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	for _, row := range append([][]string{r.header}, r.rows...) {
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	fmt.Fprintln(w)
	_ = w.Flush()
}

// printTargets ends the output. It returns how many are missed.
func printTargets(out io.Writer, targets []target) (missed int) {
	fmt.Fprint(out, "\nTargets: median of the rounds [95 % confidence]\n\n")
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
