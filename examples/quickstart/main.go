// Command quickstart shows the SDK at work, with nothing installed: three replicas of MS2 and an MS1 as processes of their
// own, browsers that order real and forged things, a replica that is killed and comes back, and a table of what came of it.
//
//	go -C examples run ./quickstart -for 10s
//	go -C examples run ./quickstart -for 10s -consul=dev
//	go -C examples run ./quickstart -serve -consul=dev
//	go -C examples run ./quickstart -open
//	go -C examples run ./quickstart -ways
//
// With -serve the replicas and MS1 run until Ctrl-C, under steady traffic, with a panel of faults beside MS1's health page. With
// -open the same services, and a gateway, serve a page for a browser of yours. The exit code is 0 when all was well, 1 when a
// wrong verdict or a failed check was seen or something else did not work, and 130 after Ctrl-C in the show. The
// subcommands are the services, as this binary starts them.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	gateway "ms2.internal/lb/examples/gateway/service"
	ms1 "ms2.internal/lb/examples/ms1/service"
	"ms2.internal/lb/examples/ms2/replica"
	"ms2.internal/lb/examples/quickstart/demo"
	"ms2.internal/lb/examples/quickstart/faulty"
	"ms2.internal/lb/examples/quickstart/fleet"
	"ms2.internal/lb/examples/quickstart/live"
	"ms2.internal/lb/examples/quickstart/site"
	"ms2.internal/lb/examples/quickstart/ways"
	"ms2.internal/lb/examples/serve"
)

// services are the subcommands.
var services = map[string]func(args []string) int{
	"ms1":     ms1.Main,
	"ms2":     replica.Main,
	"gateway": gateway.Main,

	faulty.Command: faulty.Main,

	ways.UncheckedCommand: ways.Unchecked.Main,
	ways.TodayCommand:     ways.Today.Main,
}

func main() {
	args := os.Args[1:]
	if len(args) > 0 && services[args[0]] != nil {
		os.Exit(services[args[0]](args[1:]))
	}
	os.Exit(run(args))
}

// interrupted is the exit code after Ctrl-C, as shells have it.
const interrupted = 130

func run(args []string) int {
	o, err := parse(args)
	if err != nil {
		return serve.ExitCode(err)
	}
	err = o.run(untilTold())
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

func (o options) run(ctx context.Context) error {
	if ignored := fleet.Ignored(); len(ignored) > 0 {
		fmt.Println("not passed on, so that all is as it is shown:", strings.Join(ignored, ", "))
	}
	if o.ways {
		return ways.Run(ctx, o.measure)
	}
	if o.serve {
		return live.Run(ctx, live.Options{Registry: o.registry, Open: o.opener(), Out: os.Stdout})
	}
	if o.open {
		return site.Run(ctx, site.Options{Registry: o.registry, Open: o.opener(), Out: os.Stdout})
	}
	return demo.Run(ctx, demo.Options{For: o.length, Browsers: o.browsers, Registry: o.registry, Out: os.Stdout})
}

// opener shows a page to the user where that is wanted.
func (o options) opener() func(context.Context, string) error {
	if o.open {
		return site.Browse
	}
	return nil
}
