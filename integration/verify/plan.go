package main

import (
	"context"
	"io"
	"slices"

	"ms2.internal/lb/integration/consulagent"
)

// step is one thing that must hold.
type step struct {
	name string
	run  func(ctx context.Context, out io.Writer) error
}

// testLimit is how long the tests of one module may take. They take a small part of it; a hung test ends by it, with
// the stacks of its goroutines.
const testLimit = "15m"

// plan lists every step, the quick ones first. To add one, add it here: one for the repository at the top, one for each
// module below.
func plan(repo *repository, temp string) []step {
	steps := []step{
		{"top level", repo.checkTopLevel},
		{"gofmt", repo.checkFormat},
	}
	for _, arrow := range slices.Concat(arrows, arrowsBetweenRooms()) {
		steps = append(steps, step{"arrows of " + arrow.from, repo.follow(arrow)})
	}
	for _, m := range repo.modules {
		steps = append(steps, step{"tidy " + m.name(), repo.inModule(m, "go", "mod", "tidy", "-diff")})
	}
	checked := withPackages(repo.modules)
	for _, m := range checked {
		steps = append(steps, step{"vet " + m.name(), repo.inModule(m, "go", "vet", "./...")})
	}
	linter := &linter{repo: repo, temp: temp}
	for _, m := range checked {
		steps = append(steps, step{"staticcheck " + m.name(), linter.check(m)})
	}
	steps = append(steps, step{"consul agent", buildAgent})
	for _, m := range checked {
		steps = append(steps, step{"test " + m.name(), repo.inModule(m, "go", "test", "-race", "-timeout", testLimit, "./...")})
	}
	return steps
}

// buildAgent has the agent ready before the tests, whose time limit should not pay for it.
func buildAgent(ctx context.Context, out io.Writer) error {
	path, err := consulagent.Binary(ctx, out)
	if err == nil {
		_, err = io.WriteString(out, path+"\n")
	}
	return err
}
