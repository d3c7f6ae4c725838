// Command quickstart shows the SDK at work, with nothing installed: three replicas of MS2 and an MS1 as processes of their
// own, browsers that order real and forged things, a replica that is killed and comes back, and a table of what came of it.
//
//	go -C examples run ./quickstart -for 10s
//	go -C examples run ./quickstart -for 10s -consul=dev
//
// The exit code is 0 when all was well, 1 when a wrong verdict or a failed check was seen or something else did not work,
// and 130 after Ctrl-C. The subcommands ms1 and ms2 are the services, as this binary starts them.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"ms2.internal/lb/examples/ms1/service"
	"ms2.internal/lb/examples/ms2/replica"
	"ms2.internal/lb/examples/quickstart/demo"
)

func main() {
	args := os.Args[1:]
	switch {
	case len(args) > 0 && args[0] == "ms1":
		os.Exit(service.Main(args[1:]))
	case len(args) > 0 && args[0] == "ms2":
		os.Exit(replica.Main(args[1:]))
	}
	os.Exit(show(args))
}

// interrupted is the exit code after Ctrl-C, as shells have it.
const interrupted = 130

func show(args []string) int {
	o, err := parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends at once
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go endWithParent(ctx, cancel)
	err = demo.Run(ctx, o)
	switch {
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(os.Stderr, "quickstart: interrupted")
		return interrupted
	case err != nil:
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		return 1
	}
	return 0
}

func parse(args []string) (demo.Options, error) {
	o := demo.Options{Out: os.Stdout}
	flags := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	flags.DurationVar(&o.For, "for", 10*time.Second, "how long the browsers order")
	flags.IntVar(&o.Browsers, "browsers", 16, "how many browsers order at once")
	flags.StringVar(&o.Consul, "consul", os.Getenv("CONSUL_HTTP_ADDR"),
		"`address` of the Consul agent through which MS1 finds the replicas; dev starts one for the show, off or nothing means fixed endpoints")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	switch {
	case flags.NArg() > 0:
		return o, fmt.Errorf("%q is no flag; -h lists them", flags.Arg(0))
	case o.For < time.Second:
		return o, fmt.Errorf("-for %v is shorter than 1s", o.For)
	case o.Browsers < 1 || o.Browsers > 1000:
		return o, fmt.Errorf("-browsers %d is not 1 to 1000", o.Browsers)
	}
	if o.Consul == "off" {
		o.Consul = ""
	}
	return o, nil
}

// endWithParent ends the show when the process that started it is gone: the go command does not pass on a signal that ends
// it, and would leave everything behind.
func endWithParent(ctx context.Context, end func()) {
	const lookEvery = 200 * time.Millisecond
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	parent := os.Getppid()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if os.Getppid() != parent {
				end()
				return
			}
		}
	}
}
