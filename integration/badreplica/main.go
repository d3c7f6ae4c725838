package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := command(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// command is the process, of whichever kind, up to its exit status.
func command(ctx context.Context, args []string) int {
	var err error
	if len(args) == 2 && args[0] == replicaCommand {
		err = replica(args[1], os.Stdin, os.Stdout)
	} else {
		err = badreplica(ctx, args, os.Stdout, os.Stderr)
	}
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(os.Stderr, "badreplica:", err)
		return 1
	}
	return 0
}

// badreplica measures what the flags say, and prints it. A missed target is an error.
func badreplica(ctx context.Context, args []string, out, progress io.Writer) error {
	o, err := parse(args, progress)
	if err != nil {
		return err
	}
	missed := 0
	for _, part := range o.parts() {
		n, err := part(ctx, out, o)
		if err != nil {
			return err
		}
		missed += n
	}
	if missed > 0 {
		return fmt.Errorf("%d figures miss their targets", missed)
	}
	return nil
}

// part measures and prints a table, and returns how many figures miss their targets.
type part func(ctx context.Context, out io.Writer, o options) (missed int, err error)

// measureRows is the table of ours. Batches come after single checks, which they would be in the way of.
func measureRows(ctx context.Context, out io.Writer, o options) (int, error) {
	all := rows(o.kinds, o.onsets)
	lone, batches := o.tasks(all)
	if err := runAll(ctx, lone, o.atOnce, o.progress); err != nil {
		return 0, err
	}
	if err := playAgain(ctx, all, o); err != nil {
		return 0, err
	}
	if err := runAll(ctx, batches, o.atOnce, o.progress); err != nil {
		return 0, err
	}
	missed := printRows(out, all, o)
	if o.verbose {
		printExamples(out, all)
	}
	return missed, nil
}

// tasks are those of both passes, as far as they are wanted. Callers with 150 ms send no batches.
func (o options) tasks(all []*row) (lone, batches []task) {
	for _, r := range all {
		if o.lone {
			lone = append(lone, r.loneTask(o))
		}
		if o.batches && r.kind.callers == patient {
			batches = append(batches, r.batchTask(o))
		}
	}
	return lone, batches
}
