package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
)

var errInterrupted = errors.New("interrupted")

// report is what a run found.
type report struct {
	mutants  []mutant
	outcomes []outcome // by the index of the mutant
	known    explanations
	stale    []string // explanations that match no mutant any more
}

func (r report) list(out io.Writer) {
	for _, m := range r.mutants {
		fmt.Fprintln(out, m)
	}
}

// print names the survivors and ends with a line that a program can look for.
func (r report) print(out io.Writer) {
	survivors := r.survivors()
	for _, m := range survivors {
		fmt.Fprintln(out, m)
	}
	r.printNotes(out)
	dead, explained := r.count(killed)+r.count(hung), r.count(survived)-len(survivors)
	fmt.Fprintf(out, "%d mutants: %d killed, %d explained, %d survived, %d not built\n",
		dead+r.count(survived), dead, explained, len(survivors), r.count(notBuilt))
}

func (r report) printNotes(out io.Writer) {
	for _, line := range r.stale {
		fmt.Fprintln(out, "explanation out of date:", line)
	}
	for _, m := range r.disproved() {
		fmt.Fprintln(out, "explained, but killed:", m)
	}
	for _, m := range r.with(hung) { // on a busy machine, perhaps a survivor
		fmt.Fprintln(out, "killed by the time limit:", m)
	}
	if n := r.count(untried); n > 0 {
		fmt.Fprintf(out, "note: %d not tried\n", n)
	}
}

func (r report) count(o outcome) int { return len(r.with(o)) }

// with lists the mutants that ended so.
func (r report) with(o outcome) []mutant {
	var found []mutant
	for i, m := range r.mutants {
		if r.outcomes[i] == o {
			found = append(found, m)
		}
	}
	return found
}

// survivors lists those that no explanation covers.
func (r report) survivors() []mutant {
	return slices.DeleteFunc(r.with(survived), r.known.cover)
}

// disproved lists the mutants that an explanation takes for equivalent, yet a test tells from the original.
func (r report) disproved() []mutant {
	return slices.DeleteFunc(r.with(killed), func(m mutant) bool { return !r.known.cover(m) })
}

// verdict is nil when the run went to its end and no mutant survived unexplained.
func (r report) verdict(ctx context.Context) error {
	switch n := len(r.survivors()); {
	case ctx.Err() != nil:
		return errInterrupted
	case n > 0:
		return fmt.Errorf("%d survived", n)
	}
	return nil
}
