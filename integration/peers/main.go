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
	"slices"
	"strconv"
	"strings"
	"time"
)

func main() {
	s := full()
	flag.IntVar(&s.rounds, "rounds", s.rounds, "`rounds` of each rule; the interval needs six")
	flag.DurationVar(&s.slice, "slice", s.slice, "how `long` a rule runs at a time, about")
	flag.Func("replicas", "`numbers` of replicas, ascending (default 10,100,1000)", s.setReplicas)
	flag.Func("only", "`words`, of which a rule's name has one (default all rules)", s.setRules)
	strict := flag.Bool("strict", false, "exit code 1 when a target is missed")
	seed := flag.Uint64("seed", uint64(time.Now().UnixNano()), "of the orders")
	profile := flag.String("cpuprofile", "", "write a profile to this `file`; its label rule tells them apart")
	flag.Parse()
	s.random, s.progress = rand.New(rand.NewPCG(*seed, 0)), os.Stderr
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	missed, err := profiled(*profile, func() (int, error) { return perform(ctx, os.Stdout, s) })
	if err == nil && missed > 0 && *strict {
		err = fmt.Errorf("%d targets missed", missed)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

// settings say how much is measured.
type settings struct {
	rules    []rule
	rounds   int
	replicas []int // ascending
	slice    time.Duration
	random   *rand.Rand
	progress io.Writer
}

// full are the settings that the targets were set for.
func full() settings {
	return settings{rules: rules(), rounds: 20, replicas: []int{10, 100, 1000}, slice: 20 * time.Millisecond}
}

func (s *settings) setReplicas(list string) error {
	s.replicas = nil
	for _, word := range strings.Split(list, ",") {
		n, err := strconv.Atoi(word)
		if err != nil {
			return err
		}
		if n < 2 || len(s.replicas) > 0 && n <= s.replicas[len(s.replicas)-1] {
			return errors.New("want numbers from 2, each above the one before")
		}
		s.replicas = append(s.replicas, n)
	}
	return nil
}

// setRules leaves the rules whose names have one of the words.
func (s *settings) setRules(words string) error {
	s.rules = slices.DeleteFunc(rules(), func(r rule) bool {
		return !slices.ContainsFunc(strings.Split(words, ","), func(word string) bool { return strings.Contains(r.name, word) })
	})
	if len(s.rules) == 0 {
		return errors.New("no rule has such a name")
	}
	return nil
}

// perform measures, and prints what it brings.
func perform(ctx context.Context, out io.Writer, s settings) (missed int, err error) {
	all, err := openField(s)
	defer all.close()
	if err != nil {
		return 0, err
	}
	if err := all.measure(ctx, s); err != nil {
		return 0, err
	}
	fmt.Fprintf(out, "%d rounds, %s, %d cores\n", s.rounds, runtime.Version(), runtime.GOMAXPROCS(0))
	all.print(out, s)
	return printTargets(out, all.targets(s.replicas)), nil
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
