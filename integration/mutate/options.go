package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"
)

// options are what the command line asks for.
type options struct {
	pkg       string         // path of the package to change, from the root of the module
	tests     []string       // paths of the packages whose tests run, in this order; never empty
	run       string         // pattern of the tests to run; "" for all
	files     *regexp.Regexp // names of the files to change; nil for all
	timeout   time.Duration  // limit for each package's tests, without building them; 0 for one that follows from their first run
	workers   int            // mutants tried at a time, at least 1
	sample    int            // mutants to choose by chance; 0 for all
	seed      uint64         // of the sample
	list      bool           // print the mutants and try none
	explained string         // file of explanations; "" for the one beside the command
}

// whole reports whether the run covers every mutant of the package.
func (o options) whole() bool { return o.sample == 0 && o.files == nil }

// parseOptions reads a command line. It prints to out what is wrong with it.
func parseOptions(args []string, out io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("mutate", flag.ContinueOnError)
	flags.SetOutput(out)
	tests := flags.String("tests", "", "run the tests of these `packages`, separated by commas (default: the package itself)")
	flags.StringVar(&o.run, "run", "", "run only the tests that match this `regexp`, as go test does")
	flags.Func("files", "change only files whose name matches this `regexp`", func(s string) (err error) {
		o.files, err = regexp.Compile(s)
		return err
	})
	flags.DurationVar(&o.timeout, "timeout", 0, "time `limit` for each package's tests (default: 10s and five times what they take)")
	flags.IntVar(&o.workers, "workers", 2, "try this many mutants at a time")
	flags.IntVar(&o.sample, "sample", 0, "try only this many mutants, chosen by chance")
	flags.Uint64Var(&o.seed, "seed", 1, "choose the sample by this number")
	flags.BoolVar(&o.list, "list", false, "print the mutants and end")
	flags.StringVar(&o.explained, "explained", "", "read the explanations from this `file` (default: integration/mutate/explained.txt)")
	if err := parseAround(flags, args, &o.pkg); err != nil {
		return o, err
	}
	o.tests = strings.Split(*tests, ",")
	if *tests == "" {
		o.tests = []string{o.pkg}
	}
	return o, o.check(out)
}

// parseAround parses flags before and after the package.
func parseAround(flags *flag.FlagSet, args []string, pkg *string) error {
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *pkg = flags.Arg(0); *pkg == "" {
		return nil
	}
	if err := flags.Parse(flags.Args()[1:]); err != nil || flags.NArg() == 0 {
		return err
	}
	err := fmt.Errorf("one package at a time: %q is too much", flags.Arg(0))
	fmt.Fprintln(flags.Output(), err)
	return err
}

func (o options) check(out io.Writer) error {
	var err error
	switch {
	case o.pkg == "":
		err = errors.New("name the package to change, such as ./sdk/internal/cache; -help shows more")
	case o.workers < 1 || o.sample < 0 || o.timeout < 0:
		err = errors.New("-workers must be at least 1, -sample and -timeout at least 0")
	}
	if err != nil {
		fmt.Fprintln(out, err)
	}
	return err
}
