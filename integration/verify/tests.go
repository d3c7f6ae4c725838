package main

import (
	"path"
	"slices"
	"strings"
)

// testLimit is how long the tests of one step may take. They take a small part of it; a hung test ends by it, with the
// stacks of its goroutines.
const testLimit = "15m"

// realTime are the modules whose tests wait most of their time: for Consul agents, replicas, browsers and clocks.
var realTime = []string{"examples", "integration", "integration/browser"}

// apart are the directories whose tests are a step of their own.
var apart = []testRun{
	// One goroutine computes at a time: the race detector has nothing to find, and takes ten times as long.
	{dir: "balancer/simulate"},
	{dir: "integration/openapi"},
	// A fleet runs at 70 % of its capacity in real time, which neighbours would take from it.
	{dir: "integration/fleet", race: true, lane: alone},
	// It tells a bad replica from good ones in real time, and one that gets no CPU looks bad too.
	{dir: "integration/badreplica", race: true, lane: alone},
}

// inPart are the directories whose tests play a part of what they play otherwise when they run with the race detector. They run
// once more without it.
var inPart = []string{"balancer", "sdk"}

// testRun is how the tests of a directory run.
type testRun struct {
	dir  string // from the root of the repository
	race bool
	lane lane
}

// tests are the steps that run a module's tests: together where nothing else is said.
func (r *repository) tests(m module) []step {
	rest := testRun{dir: m.dir, race: true}
	if slices.Contains(realTime, m.dir) {
		rest.lane = waiting
	}
	var steps []step
	var together, again []string
	for _, dir := range r.packageDirs(m) {
		if slices.Contains(inPart, dir) {
			again = append(again, m.inside(dir))
		}
		own := slices.IndexFunc(apart, func(t testRun) bool { return t.dir == dir })
		if own < 0 {
			together = append(together, m.inside(dir))
			continue
		}
		steps = append(steps, r.test(m, dir, apart[own], m.inside(dir)))
	}
	if len(again) > 0 {
		steps = append(steps, r.test(m, m.name()+", the whole", testRun{lane: rest.lane}, again...))
	}
	if len(together) == 0 {
		return steps
	}
	return append([]step{r.test(m, m.name(), rest, together...)}, steps...)
}

// test is a step without the checks that go test makes by itself: vet makes them, and more.
func (r *repository) test(m module, name string, how testRun, packages ...string) step {
	args := []string{"test", "-vet=off", "-timeout", testLimit}
	if how.race {
		args = append(args, "-race")
	}
	return step{name: "test " + name, lane: how.lane, run: r.inModule(m, "go", append(args, packages...)...)}
}

// inside names a directory as the go command does in the module's own.
func (m module) inside(dir string) string {
	return "./" + strings.TrimPrefix(strings.TrimPrefix(dir, m.dir), "/")
}

// packageDirs are the directories of the module that hold Go files, from the root of the repository.
func (r *repository) packageDirs(m module) []string {
	var dirs []string
	for _, file := range r.files {
		if owner := ownerOf(r.modules, file); isGoSource(file) && owner >= 0 && r.modules[owner].dir == m.dir {
			dirs = append(dirs, path.Dir(file))
		}
	}
	slices.Sort(dirs)
	return slices.Compact(dirs)
}
