package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"runtime"
	"runtime/pprof"
	"strings"
	"time"
)

// experiment is one of those in the package comment.
type experiment struct {
	name string
	run  func(context.Context, settings) (report, error)
}

var experiments = []experiment{{"crowd", crowded}, {"lone", lone}, {"hit", hits}}

func main() {
	s := full()
	flag.IntVar(&s.rounds, "rounds", s.rounds, "`rounds` of each experiment; the interval needs six")
	flag.IntVar(&s.callers, "callers", s.callers, "`callers` of the crowd")
	flag.IntVar(&s.checks, "checks", s.checks, "`checks` of each caller in a round")
	only := flag.String("run", "", "run only the experiments whose `name` contains this: crowd, lone, hit")
	strict := flag.Bool("strict", false, "exit code 1 when a target is missed")
	seed := flag.Uint64("seed", uint64(time.Now().UnixNano()), "of the orders")
	profile := flag.String("cpuprofile", "", "write a profile to this `file`; its label contestant tells them apart")
	flag.Parse()
	s.random, s.progress = rand.New(rand.NewPCG(*seed, 0)), os.Stderr
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	missed, err := profiled(*profile, func() (int, error) { return perform(ctx, os.Stdout, s, *only) })
	if err == nil && missed > 0 && *strict {
		err = fmt.Errorf("%d targets missed", missed)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "batching:", err)
		os.Exit(1)
	}
}

// perform runs the experiments whose name contains the word, and prints what they bring.
func perform(ctx context.Context, out io.Writer, s settings, word string) (missed int, err error) {
	fmt.Fprintf(out, "%d rounds, %s, %d cores\n", s.rounds, runtime.Version(), runtime.GOMAXPROCS(0))
	var targets []target
	for _, e := range experiments {
		if !strings.Contains(e.name, word) {
			continue
		}
		r, err := e.run(ctx, s)
		if err != nil {
			return 0, err
		}
		r.print(out)
		targets = append(targets, r.targets...)
	}
	if len(targets) == 0 {
		return 0, errors.New("no experiment has such a name")
	}
	return printTargets(out, targets), nil
}

// profiled runs with a CPU profile, if a file is named.
func profiled(path string, run func() (int, error)) (missed int, err error) {
	if path == "" {
		return run()
	}
	file, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		return 0, errors.Join(err, file.Close())
	}
	missed, err = run()
	pprof.StopCPUProfile()
	return missed, errors.Join(err, file.Close())
}
