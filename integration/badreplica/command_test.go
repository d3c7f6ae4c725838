package main

import (
	"context"
	"os"
	"testing"
	"time"
)

// TestMain lets the test binary be a replica too, as the command is.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == replicaCommand {
		os.Exit(command(context.Background(), os.Args[1:]))
	}
	os.Exit(m.Run())
}

// telling are the kinds that tell most of those that the command plays.
var telling = []string{
	"killed", "hangs", "403", "404", "200 without results", "429", "503 Retry-After 0", "bare 404 means invalid",
}

// lenient are the limits of a test that shares its machine: a replica that gets no CPU for a while looks bad too. Failed
// checks and wrong verdicts are no matter of speed, so that nothing is given there; latencies are not judged at all.
func lenient(k kind) limits {
	return limits{early: k.earlyLimit(), share: 2 * shareLimit, perCheck: perCheckLimit + 0.1}
}

func TestOneBadReplicaOfThreeCostsNoCheck(t *testing.T) {
	o := options{onsets: []time.Duration{0}, span: 4 * time.Second, seed: 1, lone: true, batches: true}
	for _, name := range telling {
		k, err := kindNamed(name)
		if err != nil {
			t.Fatal(err)
		}
		o.kinds = append(o.kinds, k)
	}
	all := rows(o.kinds, o.onsets)
	lone, batches := o.tasks(all)
	if err := runAll(t.Context(), append(lone, batches...), 2, t.Output()); err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		r.expect(t)
	}
}

// expect holds both passes against the limits.
func (r *row) expect(t *testing.T) {
	t.Helper()
	r.lone.expect(t, r.name(), lenient(r.kind))
	r.batches.expect(t, r.name()+", batches", limits{early: r.kind.earlyLimit()})
}

func (f *figures) expect(t *testing.T, name string, l limits) {
	t.Helper()
	if cells, missed := f.cells(l); missed > 0 {
		t.Errorf("%s: failed, early, late, wrong, share, requests a check, p50, p99, lag: %v; %v; %v", name, cells, f.says, f.example)
	}
}

func TestABadCommandLineIsRefused(t *testing.T) {
	for _, args := range [][]string{
		{"-run", "no such kind"}, {"-pass", "none"}, {"-for", "1s"}, {"-at-once", "0"}, {"-nonsense"},
	} {
		if _, err := parse(args, t.Output()); err == nil {
			t.Errorf("%v is let pass", args)
		}
	}
}

func TestTheCalmFleetIsMeasuredBesideAnyKind(t *testing.T) {
	o, err := parse([]string{"-run", "503 Retry-After"}, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, k := range o.kinds {
		names = append(names, k.name)
	}
	if len(names) != 3 || names[0] != calm || names[1] != "503 Retry-After 1" {
		t.Errorf("measures %q", names)
	}
}

func TestAKindHasANameOfItsOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range kinds() {
		if seen[k.name] {
			t.Errorf("two kinds are called %q", k.name)
		}
		seen[k.name] = true
	}
	if len(seen) < 27 {
		t.Errorf("only %d kinds", len(seen))
	}
}
