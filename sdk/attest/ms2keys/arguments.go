package main

import (
	"flag"
	"fmt"
	"io"
	"time"

	"ms2.internal/lb/sdk/attest"
)

// options are what the command line says.
type options struct {
	file, kid   string
	alg, issuer string
	from        string
	in          time.Duration
}

// command is one of the things to do.
type command struct {
	kid   bool     // it takes a key ID behind the file
	flags []string // that it takes
	run   func(o options, out io.Writer) error
}

var commands = map[string]command{
	"new":      {flags: []string{"alg"}, run: create},
	"rotate":   {flags: []string{"alg", "from", "in"}, run: rotate},
	"remove":   {kid: true, run: remove},
	"withdraw": {kid: true, run: withdraw},
	"public":   {flags: []string{"issuer"}, run: public},
	"list":     {run: list},
}

// define are the flags.
var define = map[string]func(set *flag.FlagSet, o *options){
	"alg":    func(set *flag.FlagSet, o *options) { set.StringVar(&o.alg, "alg", attest.EdDSA, "") },
	"issuer": func(set *flag.FlagSet, o *options) { set.StringVar(&o.issuer, "issuer", "", "") },
	"from":   func(set *flag.FlagSet, o *options) { set.StringVar(&o.from, "from", "", "") },
	"in":     func(set *flag.FlagSet, o *options) { set.DurationVar(&o.in, "in", 0, "") },
}

// parse reads the operands and the flags, in any order.
func (c command) parse(name string, args []string) (o options, err error) {
	set := flag.NewFlagSet(name, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	for _, name := range c.flags {
		define[name](set, &o)
	}
	var operands []string
	for {
		if err := set.Parse(args); err != nil {
			return o, err
		}
		if set.NArg() == 0 {
			break
		}
		operands, args = append(operands, set.Arg(0)), set.Args()[1:]
	}
	switch {
	case c.kid && len(operands) == 2:
		o.file, o.kid = operands[0], operands[1]
	case !c.kid && len(operands) == 1:
		o.file = operands[0]
	case c.kid:
		return o, fmt.Errorf("%s takes a file and the ID of a key: list tells the IDs", name)
	default:
		return o, fmt.Errorf("%s takes one file", name)
	}
	return o, nil
}
