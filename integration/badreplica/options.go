package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"time"
)

// options say what is measured.
type options struct {
	kinds     []kind
	onsets    []time.Duration // for how long the bad one is well before
	span      time.Duration   // of a cell of single checks, after the onset; one of batches takes half
	hastySpan time.Duration   // the least for callers with 150 ms
	seed      uint64
	lone      bool
	batches   bool
	peers     bool
	pairs     bool // alone
	whole     bool // every kind, so pairs too
	verbose   bool
	atOnce    int
	progress  io.Writer
}

// healthySpan is for how long the bad one is well where it is not bad from the start.
const healthySpan = 3 * time.Second

// parse reads the command line.
func parse(args []string, progress io.Writer) (options, error) {
	o := options{onsets: []time.Duration{0, healthySpan}, hastySpan: hastySpan, progress: progress}
	flags := flag.NewFlagSet("badreplica", flag.ContinueOnError)
	flags.SetOutput(progress)
	word := flags.String("run", "", "only the `kinds` whose names contain this, and calm")
	pass := flags.String("pass", "both", "lone, batches or both")
	flags.DurationVar(&o.span, "for", 6*time.Second, "how long single checks go on after the onset; batches take half of it")
	flags.Uint64Var(&o.seed, "seed", 1, "of the arrivals and the pairs")
	flags.BoolVar(&o.peers, "peers", false, "what others use beside ours: single checks, bad from the start")
	flags.BoolVar(&o.pairs, "pairs", false, "only the pairs: two bad replicas of five")
	flags.BoolVar(&o.verbose, "v", false, "an error of each row that had failures")
	flags.IntVar(&o.atOnce, "at-once", 2, "how many `cells` run beside each other")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	o.choose(*word)
	o.lone, o.batches = *pass != "batches", *pass != "lone"
	return o, o.problem(*pass)
}

// choose sets the kinds: the calm one always, since the others are measured by it.
func (o *options) choose(word string) {
	o.kinds, o.whole = choose(word), word == ""
	if len(o.kinds) > 0 && o.kinds[0].name != calm {
		o.kinds = append([]kind{calmKind()}, o.kinds...)
	}
}

// problem says what can't be measured.
func (o options) problem(pass string) error {
	switch {
	case len(o.kinds) == 0:
		return errors.New("no kind has such a name")
	case pass != "lone" && pass != "batches" && pass != "both":
		return fmt.Errorf("-pass is %q, and must be lone, batches or both", pass)
	case o.span < 2*settled:
		return fmt.Errorf("-for must be %v or more: the first second is told apart", 2*settled)
	case o.atOnce < 1:
		return errors.New("-at-once must be 1 or more")
	}
	return nil
}

// parts are the tables to be printed.
func (o options) parts() []part {
	switch {
	case o.peers:
		return []part{measurePeers}
	case o.pairs:
		return []part{measurePairs}
	case o.whole && o.lone:
		return []part{measureRows, measurePairs}
	}
	return []part{measureRows}
}
