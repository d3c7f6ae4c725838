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

	"ms2.internal/lb/integration/speed/internal/repository"
)

// options are the command's flags.
type options struct {
	beside   string
	without  []string
	seeds    int
	first    uint64
	peers    int
	only     string
	requests int
}

func parseFlags() (o options) {
	flag.StringVar(&o.beside, "beside", "fe501b0", "the earlier `commit`; none by default where -without is given")
	flag.Func("without", "beside the rule in which a constant of a file has another `FILE:NAME=VALUE`; may be repeated", func(s string) error {
		o.without = append(o.without, s)
		return nil
	})
	flag.IntVar(&o.seeds, "seeds", 10, "`runs` of each rule in each scenario; an interval needs six")
	flag.Uint64Var(&o.first, "first", 0, "the first `seed`")
	flag.IntVar(&o.peers, "peers", 0, "play the peers too, in as many of the `runs`")
	flag.StringVar(&o.only, "only", "", "scenarios whose name holds this `pattern`")
	flag.IntVar(&o.requests, "requests", 20_000, "`requests` of a run, more in some scenarios")
	flag.Parse()
	named := false
	flag.Visit(func(f *flag.Flag) { named = named || f.Name == "beside" })
	if len(o.without) > 0 && !named {
		o.beside = ""
	}
	o.peers = min(o.peers, o.seeds)
	return o
}

func main() {
	o := parseFlags()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := compare(ctx, os.Stdout, o); err != nil {
		fmt.Fprintln(os.Stderr, "rules:", err)
		os.Exit(1)
	}
}

// compare plays all variants and prints how the working tree's rule compares. It leaves nothing behind.
func compare(ctx context.Context, out io.Writer, o options) (err error) {
	temp, err := os.MkdirTemp("", "rules-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	repo, err := repository.Open(ctx)
	if err != nil {
		return err
	}
	variants, err := variantsOf(ctx, repo, o)
	if err != nil {
		return err
	}
	l := &lab{repo: repo, temp: temp, options: o, progress: os.Stderr}
	present, err := l.play(ctx, variant{name: "the present rule"}, "ours", o.seeds)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d seeds from %d, %s, %d cores\n", o.seeds, o.first, runtime.Version(), runtime.GOMAXPROCS(0))
	for _, v := range variants {
		other, err := l.play(ctx, v, "ours", o.seeds)
		if err != nil {
			return err
		}
		besideVariant(out, v.name, present.of(ours), other.of(ours))
	}
	return l.besidePeers(ctx, out, present)
}

// besidePeers plays the peers, if that is wanted.
func (l *lab) besidePeers(ctx context.Context, out io.Writer, present runs) error {
	if l.options.peers == 0 {
		return nil
	}
	theirs, err := l.play(ctx, variant{name: "the peers"}, "unhelped", l.options.peers)
	if err == nil {
		besideBest(out, present, theirs)
	}
	return err
}

// arguments are those of the simulation's test for a group of policies.
func (o options) arguments(group string, seeds int, figures string) []string {
	return []string{
		"-test.run=^TestTable$", "-test.timeout=0", "-policies=" + group, "-figures=" + figures,
		fmt.Sprint("-seeds=", seeds), fmt.Sprint("-first=", o.first), fmt.Sprint("-requests=", o.requests), "-only=" + o.only,
	}
}
