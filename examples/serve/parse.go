package serve

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// Parse parses a command line that is flags alone, and has check look at their values, which may complete them. What is wrong is printed
// to the set's output when it returns, in a line for each problem. With -h Usage is called, with the standard output to print to: people
// read it through less(1). See [ExitCode].
func Parse(f *flag.FlagSet, args []string, check func() error) error {
	err := parse(f, args)
	if errors.Is(err, flag.ErrHelp) {
		f.SetOutput(os.Stdout)
		f.Usage()
		return err
	}
	if err == nil {
		err = check()
	}
	if err != nil {
		lines := strings.ReplaceAll(err.Error(), "\n", "\n"+f.Name()+": ")
		fmt.Fprintf(f.Output(), "%s: %s; -h lists the flags\n", f.Name(), lines)
	}
	return err
}

// parse parses without a word: the flag package would print all flags below each error, which scrolls it away.
func parse(f *flag.FlagSet, args []string) error {
	output := f.Output()
	f.SetOutput(io.Discard)
	err := f.Parse(args)
	f.SetOutput(output)
	switch {
	case err != nil:
		return explained(f, err)
	case f.NArg() > 0:
		return fmt.Errorf("%q is no flag", f.Arg(0))
	}
	return nil
}

// explained says what is right, where the flag package only says that a value can't be parsed.
func explained(f *flag.FlagSet, err error) error {
	var value, name string
	if _, other := fmt.Sscanf(err.Error(), "invalid value %q for flag -%s", &value, &name); other != nil {
		return err
	}
	name = strings.TrimSuffix(name, ":")
	known := f.Lookup(name)
	if known == nil {
		return err
	}
	getter, _ := known.Value.(flag.Getter)
	if getter == nil {
		return err
	}
	switch getter.Get().(type) {
	case time.Duration:
		return fmt.Errorf("-%s %q is no duration: write it with its unit, such as 500ms, 10s or 2m", name, value)
	case int:
		return fmt.Errorf("-%s %q is no whole number", name, value)
	}
	return err
}

// ExitCode is that of a program whose command line could not be parsed: 0 where it asked for help.
func ExitCode(err error) int {
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	return 2
}
