// Command loadcurve measures what batching and the cache are worth at every load, from one check in 10 ms to more than the
// machine can do.
//
//	go -C integration/loadcurve run . -plot /tmp/loadcurve.svg > /tmp/loadcurve.md
//
// Replicas of MS2 run as child processes, which are this same binary; a client of each mode runs in the parent. For each
// load every round plays one and the same schedule of arrivals to each mode in turn: Poisson arrivals, SIDs drawn from the
// real catalogue by a Zipf law. The loop is open, and a check's latency counts from when it was scheduled, so that a client
// which falls behind can't hide it (coordinated omission; Gil Tene, "How NOT to Measure Latency").
//
// It prints a table of medians with their intervals, and a verdict: whether batching is at any load worse than its absence
// beyond overlapping intervals. That is its exit status too.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := command(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// command is the process, of whichever kind, up to its exit status.
func command(ctx context.Context, args []string) int {
	var err error
	if len(args) > 0 && args[0] == replicaCommand {
		err = replica(args[1:], os.Stdin, os.Stdout)
	} else {
		err = loadcurve(ctx, args, os.Stdout, os.Stderr)
	}
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(os.Stderr, "loadcurve:", err)
		return 1
	}
	return 0
}

// loadcurve runs a sweep and tells of it. The error is what went wrong, or [errWorse].
func loadcurve(ctx context.Context, args []string, out, progress io.Writer) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	stop, err := startProfile(o.profile)
	if err != nil {
		return err
	}
	curve, err := sweep(ctx, o, progress)
	if err := firstOf(err, stop()); err != nil {
		return err
	}
	if o.plot != "" {
		if err := os.WriteFile(o.plot, draw(curve, o.coverage()), 0o644); err != nil {
			return err
		}
	}
	return report(out, o, curve)
}

// report writes the table and the verdict.
func report(out io.Writer, o options, curve []point) error {
	w := bufio.NewWriter(out)
	writeTable(w, o, curve)
	verdict := judge(curve)
	fmt.Fprintf(w, "\n%s\n", verdict)
	if o.coverage() < confidence {
		fmt.Fprintln(w, "Rounds are too few for intervals of 95 %, so this is provisional.")
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return verdict.err()
}

// firstOf is the first error of some, in the order in which they arose.
func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
