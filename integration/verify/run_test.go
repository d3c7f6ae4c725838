package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestFailureKeepsNothingFromRunning(t *testing.T) {
	t.Parallel()
	steps := []step{
		{name: "first", run: func(context.Context, io.Writer) error { return errors.New("broken") }},
		{name: "second", run: func(context.Context, io.Writer) error { return nil }},
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
		{name: "first", run: func(context.Context, io.Writer) error { cancel(); return nil }},
		{name: "second", run: func(context.Context, io.Writer) error { return nil }},
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
		slow := func(context.Context, io.Writer) error { <-time.After(signOfLife * 3 / 2); return nil }
		var out strings.Builder
		run(t.Context(), &out, []step{{name: "slow", run: slow}})
		if want := "\n    slow goes on, 60 s so far\n\n==> 1/1 slow\n    passed in 90.0 s\n"; out.String() != want {
			t.Errorf("output = %q, want %q", out.String(), want)
		}
	})
}

func TestLanesRunSideBySideAndEachOutputIsInOnePiece(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		speak := func(long time.Duration) func(context.Context, io.Writer) error {
			return func(_ context.Context, out io.Writer) error {
				fmt.Fprintln(out, "one")
				<-time.After(long)
				fmt.Fprintln(out, "two")
				return nil
			}
		}
		var out strings.Builder
		began := time.Now()
		run(t.Context(), &out, []step{
			{name: "a", lane: alone, run: speak(time.Second)},
			{name: "b", lane: waiting, run: speak(5 * time.Second)},
			{name: "c", run: speak(time.Second)},
			{name: "d", run: speak(time.Second)},
		})
		var want strings.Builder
		for i, ended := range []string{"c", "d", "b", "a"} {
			took := map[string]int{"b": 5}[ended]
			fmt.Fprintf(&want, "\n==> %d/4 %s\none\ntwo\n    passed in %d.0 s\n", i+1, ended, max(1, took))
		}
		if took := time.Since(began); out.String() != want.String() || took != 6*time.Second {
			t.Errorf("after %v, output = %q, want %q", took, out.String(), want.String())
		}
	})
}
