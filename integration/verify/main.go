// Command verify runs everything that must hold before a change is kept: it is what continuous integration runs, and
// what a person runs before handing anything in.
//
//	go -C integration run ./verify             everything
//	go -C integration run ./verify -list       the names of the steps
//	go -C integration run ./verify -run vet    the steps whose name contains "vet"
//
// It finds the modules of the repository by itself. A step that fails does not keep the others from running; the last
// line counts, and the exit code is 0 only when nothing failed. Needed are Go with a C compiler for the race detector,
// git, and npm for the tests of pages. The first run builds a Consul agent from source, which takes minutes. A browser that is
// missing is installed from Debian's packages, npm too, which needs root.
//
// Steps that wait, for Consul and real clocks, run beside those that compute; what neighbours would disturb runs alone at
// the end. What a step prints comes in one piece when it has ended.
//
// Tests run with the race detector, but for those of balancer/simulate and integration/openapi, where one goroutine
// computes. With it:
//
//	go test -race ./balancer/simulate
//	go -C integration/openapi test -race .
//
// Those of balancer and sdk that repeat themselves play a part under the race detector, and the whole in a step without it.
//
// A step is added in plan.go.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	only := flag.String("run", "", "run only the steps whose name contains this")
	list := flag.Bool("list", false, "print the names of the steps and end")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := verify(ctx, *only, *list); err != nil {
		fmt.Fprintln(os.Stderr, "verify:", err)
		os.Exit(1)
	}
}

// verify returns an error when something failed or could not be found out.
func verify(ctx context.Context, only string, list bool) error {
	repo, err := openRepository(ctx)
	if err != nil {
		return err
	}
	temp, err := os.MkdirTemp("", "verify-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	all := plan(repo, temp)
	chosen := choose(all, only)
	if list {
		fmt.Println(strings.Join(names(chosen), "\n"))
		return nil
	}
	tally := run(ctx, os.Stdout, chosen)
	tally.notes = append(withoutPackages(repo.modules), leftOut(len(all)-len(chosen), only)...)
	tally.print(os.Stdout)
	return tally.verdict(ctx)
}
