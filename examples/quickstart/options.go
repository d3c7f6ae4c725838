package main

import (
	"flag"
	"fmt"
	"os"
	"time"

	"ms2.internal/lb/examples/quickstart/registry"
	"ms2.internal/lb/examples/quickstart/ways"
	"ms2.internal/lb/examples/serve"
)

// options are what the command line says.
type options struct {
	length   time.Duration
	browsers int
	serve    bool
	open     bool
	ways     bool
	measure  ways.Options
	registry registry.Choice
}

// variable names the Consul agent where no flag does.
const variable = "CONSUL_HTTP_ADDR"

func (o *options) define(f *flag.FlagSet) {
	f.DurationVar(&o.length, "for", 10*time.Second, "how long the browsers order, at least 1s; below 5s the killed replica gets no time to recover")
	f.IntVar(&o.browsers, "browsers", 16, "how many browsers order at once, 1 to 1000")
	f.BoolVar(&o.serve, "serve", false, "run until Ctrl-C, and print the addresses of the health page and the panel; works without a screen")
	f.BoolVar(&o.open, "open", false, "serve the page until Ctrl-C and open it in your browser; with -serve the panel instead")
	f.BoolVar(&o.ways, "ways", false, "measure each way of checking an order and print a table; it takes some five minutes")
	f.IntVar(&o.measure.Rounds, "rounds", 10, "how often each way has its turn; fewer than 6 have no intervals of 95 %")
	f.DurationVar(&o.measure.Slot, "slot", 5*time.Second/2, "how long a way has orders at a fixed rate in each round, 100ms to 3s")
	f.StringVar(&o.measure.Plot, "plot", "", "`file` for a picture of the table, an SVG")
	f.BoolVar(&o.measure.Markdown, "markdown", false, "print the table as a README has it")
	f.StringVar(&o.registry.Consul, "consul", os.Getenv(variable),
		"`address` of the Consul agent through which MS1 finds the replicas; dev starts one, off or nothing means fixed endpoints")
}

// parse reads the arguments. What is wrong with them was printed when it returns, or the help.
func parse(args []string) (options, error) {
	o := options{measure: ways.Options{Out: os.Stdout}}
	flags := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	o.define(flags)
	flags.Usage = func() { usage(flags.Output(), flags) }
	err := serve.Parse(flags, args, func() error {
		given := map[string]bool{}
		flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
		o.registry.From = variable
		if given["consul"] {
			o.registry.From = "-consul"
		}
		return o.check(given)
	})
	return o, err
}

func (o options) check(given map[string]bool) error {
	switch {
	case o.serve && (given["for"] || given["browsers"]):
		return fmt.Errorf("-for and -browsers belong to the show, which ends by itself; -serve runs until Ctrl-C, with traffic of its own")
	case o.open && (given["for"] || given["browsers"]):
		return fmt.Errorf("-for and -browsers belong to the show, which -open does not run")
	case o.ways && (o.open || o.serve || given["for"] || given["browsers"] || given["consul"]):
		return fmt.Errorf("-open, -serve, -for, -browsers and -consul do nothing with -ways")
	case !o.ways && (given["rounds"] || given["slot"] || given["plot"] || given["markdown"]):
		return fmt.Errorf("-rounds, -slot, -plot and -markdown belong to -ways")
	case o.length < time.Second:
		return fmt.Errorf("-for %v is shorter than 1s", o.length)
	case o.browsers < 1 || o.browsers > 1000:
		return fmt.Errorf("-browsers %d is not 1 to 1000", o.browsers)
	}
	return o.measure.Check()
}
