package main

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// tally is how a run ended.
type tally struct {
	passed int
	failed []string // names
	notes  []string // what was not looked at, and why
}

// leftOut says how many steps -run kept from running.
func leftOut(steps int, word string) []string {
	if steps == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%d steps have no %q in their name and were not run", steps, word)}
}

// print ends the output with a line that a program can look for.
func (t tally) print(out io.Writer) {
	fmt.Fprintln(out)
	for _, note := range t.notes {
		fmt.Fprintln(out, "note:", note)
	}
	for _, name := range t.failed {
		fmt.Fprintln(out, "failed:", name)
	}
	fmt.Fprintf(out, "%d passed, %d failed\n", t.passed, len(t.failed))
}

// verdict is nil when everything that should be looked at was, and held.
func (t tally) verdict(ctx context.Context) error {
	switch {
	case ctx.Err() != nil:
		return errors.New("interrupted")
	case len(t.failed) > 0:
		return fmt.Errorf("%d of %d steps failed", len(t.failed), t.passed+len(t.failed))
	case t.passed == 0:
		return errors.New("no step has such a name; -list shows them")
	}
	return nil
}
