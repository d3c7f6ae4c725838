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
	lane lane
	run  func(ctx context.Context, out io.Writer) error
}

// lane says beside what a step runs.
type lane int

const (
	computing lane = iota // what keeps the cores busy: one after the other
	waiting               // what needs the cores little: one after the other, beside the computing ones
	alone                 // what its neighbours would disturb: at the end
)

// plan lists every step, the quick ones first. To add one, add it here: one for the repository at the top, one for each
// module below.
func plan(repo *repository, temp string) []step {
	steps := []step{
		{name: "top level", run: repo.checkTopLevel},
		{name: "gofmt", run: repo.checkFormat},
	}
	for _, arrow := range slices.Concat(arrows, arrowsBetweenRooms()) {
		steps = append(steps, step{name: "arrows of " + arrow.from, run: repo.follow(arrow)})
	}
	for _, m := range repo.modules {
		steps = append(steps, step{name: "tidy " + m.name(), run: repo.inModule(m, "go", "mod", "tidy", "-diff")})
	}
	checked := withPackages(repo.modules)
	for _, m := range checked {
		steps = append(steps, step{name: "vet " + m.name(), run: repo.inModule(m, "go", "vet", "./...")})
	}
	linter := &linter{repo: repo, temp: temp}
	for _, m := range checked {
		steps = append(steps, step{name: "staticcheck " + m.name(), run: linter.check(m)})
	}
	steps = append(steps,
		step{name: "consul agent", lane: waiting, run: buildAgent},
		step{name: "chromium", lane: waiting, run: repo.inModule(module{dir: "integration/browser"}, "go", "run", "./install")},
	)
	for _, m := range checked {
		steps = append(steps, repo.tests(m)...)
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
