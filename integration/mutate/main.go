// Command mutate finds code that no test holds. It changes a package in one place, runs the tests, and looks whether one
// fails. Such a change is a mutant: a test that fails kills it, and a mutant whose tests all pass survives. A survivor
// shows a missing test, code without use, or a change that makes no difference.
//
//	go -C integration run ./mutate ./sdk/internal/cache                          the package, by its own tests
//	go -C integration run ./mutate -tests ./sdk/protocol,./sdk ./sdk/protocol    by the tests of two packages
//	go -C integration run ./mutate -sample 30 -seed 7 ./balancer                 30 mutants by chance
//	go -C integration run ./mutate -list ./balancer                              the mutants alone
//
// Paths are those of the root module. The packages of -tests run in the order given, up to the first that fails: put the
// quick ones first. The tree is never touched: the go command reads each changed file through an overlay.
//
// A change that does not compile is no mutant. A mutant that makes the tests hang is killed by the time limit, and one that
// allocates without end by a limit on memory. A flaky test kills by chance: survivors are certain, kills are not.
//
// Some mutants cannot be killed, because they behave like the original. The file explained.txt names them, each with the
// reason. The exit code is 1 when there is a survivor that it does not name, or when the run could not end.
//
// The kinds of mutants are in kind.go, and the places where each applies in edit.go.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

func main() {
	opts, err := parseOptions(os.Args[1:], os.Stderr)
	if err != nil {
		os.Exit(2) // the flag package has printed why
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := mutate(ctx, opts); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

// mutate runs the command on the repository around the working directory.
func mutate(ctx context.Context, opts options) error {
	root, err := findRoot(ctx)
	if err != nil {
		return err
	}
	if opts.explained == "" {
		opts.explained = filepath.Join(root, "integration", "mutate", "explained.txt")
	}
	limitMemory()
	report, err := run(ctx, root, opts, os.Stdout, os.Stderr)
	if err != nil || opts.list {
		return err
	}
	report.print(os.Stdout)
	return report.verdict(ctx)
}
