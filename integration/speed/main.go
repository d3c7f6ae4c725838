package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"
)

// options are the command's flags.
type options struct {
	beside string // the earlier commit
	rounds int    // the fewest of each experiment
	most   int    // the most
	run    string // a word in the names of the experiments to run
	strict bool
}

func parseFlags() (o options) {
	flag.StringVar(&o.beside, "beside", "fe501b0", "the earlier `commit`")
	flag.IntVar(&o.rounds, "rounds", 20, "the fewest `rounds` of each experiment; the interval needs six")
	flag.IntVar(&o.most, "most", 120, "the most `rounds` of an experiment whose interval stays wide")
	flag.StringVar(&o.run, "run", "", "run only the experiments whose `name` contains this: hit, lone, pick, crowd")
	flag.BoolVar(&o.strict, "strict", false, "exit code 1 when a target is missed or an interval stays wide")
	flag.Parse()
	return o
}

func main() {
	o := parseFlags()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	failed, err := compare(ctx, os.Stdout, o)
	if err == nil && failed > 0 && o.strict {
		err = fmt.Errorf("%d targets not met", failed)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "speed:", err)
		os.Exit(1)
	}
}

// compare builds both probes, plays the rounds and prints the report. It leaves nothing behind, not even when ctx ends.
func compare(ctx context.Context, out io.Writer, o options) (failed int, err error) {
	chosen := choose(o.run)
	if len(chosen) == 0 {
		return 0, errors.New("no experiment has such a name")
	}
	temp, err := os.MkdirTemp("", "speed-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	probes, beside, err := buildBoth(ctx, o.beside, temp)
	if err != nil {
		return 0, err
	}
	fmt.Fprintf(out, "the present tree beside %s, %s, %d cores\n", beside, runtime.Version(), runtime.GOMAXPROCS(0))
	rounds := rounds{least: o.rounds, most: o.most, start: probes.start, progress: os.Stderr}
	if err := rounds.playAll(ctx, chosen); err != nil {
		return 0, err
	}
	return report(out, chosen), nil
}
