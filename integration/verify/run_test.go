package main

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestFailureKeepsNothingFromRunning(t *testing.T) {
	t.Parallel()
	steps := []step{
		{"first", func(context.Context, io.Writer) error { return errors.New("broken") }},
		{"second", func(context.Context, io.Writer) error { return nil }},
	}
	var out strings.Builder
	tally := run(t.Context(), &out, steps)
	tally.print(&out)
	if !strings.HasSuffix(out.String(), "\nfailed: first\n1 passed, 1 failed\n") {
		t.Errorf("output ends otherwise:\n%s", out.String())
	}
	if err := tally.verdict(t.Context()); err == nil {
		t.Error("a failed step gives no error")
	}
}

func TestInterruptedRunDoesNotPass(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	steps := []step{
		{"first", func(context.Context, io.Writer) error { cancel(); return nil }},
		{"second", func(context.Context, io.Writer) error { return nil }},
	}
	tally := run(ctx, io.Discard, steps)
	if tally.passed != 1 || tally.verdict(ctx) == nil {
		t.Errorf("passed = %d, error = %v; want 1 and an error", tally.passed, tally.verdict(ctx))
	}
}

func TestMisspeltStepDoesNotPass(t *testing.T) {
	t.Parallel()
	chosen := choose([]step{{name: "vet root"}, {name: "test root"}}, "tset")
	if err := run(t.Context(), io.Discard, chosen).verdict(t.Context()); err == nil {
		t.Error("running nothing gives no error")
	}
}

func TestLongStepShowsLife(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := step{"slow", func(context.Context, io.Writer) error { <-time.After(signOfLife * 3 / 2); return nil }}
		var out strings.Builder
		if err := withSignsOfLife(t.Context(), &out, slow); err != nil {
			t.Fatal(err)
		}
		if want := "    slow goes on, 60 s so far\n"; out.String() != want {
			t.Errorf("output = %q, want %q", out.String(), want)
		}
	})
}
