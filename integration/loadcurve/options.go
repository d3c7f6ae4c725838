package main

import (
	"errors"
	"flag"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// options are what the command line sets.
type options struct {
	loads    loads
	rounds   int
	span     time.Duration
	warm     time.Duration
	replicas int
	service  time.Duration
	maxAge   time.Duration
	stale    time.Duration
	zipf     float64
	seed     uint64
	plot     string
	profile  string
}

// parse reads the command line, of the parent or of a replica.
func parse(args []string) (options, error) {
	o := options{loads: loads{100, 300, 1_000, 3_000, 5_000, 10_000, 15_000, 20_000, 30_000, 45_000, 70_000, 100_000}}
	flags := flag.NewFlagSet("loadcurve", flag.ContinueOnError)
	flags.Var(&o.loads, "loads", "checks/s, rising, separated by commas; a mode stops at the first that saturates it")
	flags.IntVar(&o.rounds, "rounds", 6, "how often each load is played to each mode; 6 is the least for intervals of 95 %")
	flags.DurationVar(&o.span, "for", 2*time.Second, "how long a load is played")
	flags.DurationVar(&o.warm, "warm", 300*time.Millisecond, "how long it is played before, unmeasured, to open connections and fill the cache")
	flags.IntVar(&o.replicas, "replicas", 3, "processes of MS2")
	flags.DurationVar(&o.service, "service", time.Millisecond, "how long MS2 takes for a request, without use of a CPU")
	flags.DurationVar(&o.maxAge, "max-age", 2*time.Second, "for how long MS2 lets a verdict be fresh; whole seconds")
	flags.DurationVar(&o.stale, "stale", 30*time.Second, "for how long after that it may be used while it is asked anew; whole seconds")
	flags.Float64Var(&o.zipf, "zipf", 1.1, "exponent of the popularity of SIDs, above 1")
	flags.Uint64Var(&o.seed, "seed", 1, "of the schedules: arrivals and SIDs")
	flags.StringVar(&o.plot, "plot", "", "SVG `file` to draw")
	flags.StringVar(&o.profile, "profile", "", "pprof `file` for the parent's CPU; its samples bear the label mode")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	return o, o.problem()
}

// fewest is how many checks a measurement is expected to hold at least; chance may draw fewer, but hardly none.
const fewest = 20

// problem says what no sweep can be made of.
func (o options) problem() error {
	switch {
	case o.rounds < 1 || o.replicas < 1:
		return errors.New("-rounds and -replicas must be 1 or more")
	case o.span <= 0 || o.warm < 0 || o.service < 0:
		return errors.New("-for must be above 0, -warm and -service not below")
	case float64(o.loads[0])*o.span.Seconds() < fewest:
		return fmt.Errorf("-for holds fewer than %d checks at the lowest of -loads", fewest)
	case o.zipf <= 1:
		return errors.New("-zipf must be above 1")
	}
	return nil
}

// coverage is the confidence of the intervals.
func (o options) coverage() float64 { return coverage(o.rounds, intervalRank(o.rounds)) }

// replicaArgs is the command line of a replica.
func (o options) replicaArgs() []string {
	return []string{replicaCommand, "-service", o.service.String(), "-max-age", o.maxAge.String(), "-stale", o.stale.String()}
}

// loads are checks per second, rising.
type loads []int

// String is the flag's text.
func (l *loads) String() string { return strings.Trim(fmt.Sprint([]int(*l)), "[]") }

// Set reads the flag's text.
func (l *loads) Set(text string) error {
	*l = nil
	last := 0
	for _, field := range strings.Split(text, ",") {
		load, err := strconv.Atoi(strings.TrimSpace(field))
		if err != nil || load <= last {
			return fmt.Errorf("%q is no whole number above %d", field, last)
		}
		*l = append(*l, load)
		last = load
	}
	return nil
}
