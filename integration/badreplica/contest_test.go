package main

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestOursIsBeatenByAnyPeerThatFailsFewer(t *testing.T) {
	bad, _ := kindNamed("403")
	inHaste, _ := kindNamed("hangs, deadline 150 ms")
	for _, c := range []struct {
		kind   kind
		failed []int // by entrant
		want   bool
	}{
		{bad, []int{3, 3, 9, 9, 9}, false},
		{bad, []int{3, 2, 9, 9, 9}, true},
		{bad, []int{3, 9, 9, 9, 0}, true},
		{inHaste, []int{3, 9, 9, 0, 0}, false},
		{inHaste, []int{3, 9, 0, 9, 9}, true},
	} {
		played := contest{row: &row{kind: c.kind}}
		for _, n := range c.failed {
			played.figures = append(played.figures, &figures{failed: n})
		}
		if got := played.beaten(); got != c.want {
			t.Errorf("%s: with %v failed ours is beaten: %v", c.kind.name, c.failed, got)
		}
	}
}

func TestTwelvePairsAreDrawnBySeed(t *testing.T) {
	name := func(p *pair) string { return p.cell.kind.name }
	one, again := names(pairs(options{seed: 1}), name), names(pairs(options{seed: 1}), name)
	if other := names(pairs(options{seed: 2}), name); !slices.Equal(one, again) || slices.Equal(one, other) {
		t.Errorf("seed 1 draws %q and %q, seed 2 %q", one, again, other)
	}
	if distinct := slices.Compact(slices.Sorted(slices.Values(one))); len(distinct) != pairsPlayed {
		t.Errorf("only %q", distinct)
	}
}

func names[T any](all []T, name func(T) string) (names []string) {
	for _, one := range all {
		names = append(names, name(one))
	}
	return names
}

func TestTasksEndAtTheFirstError(t *testing.T) {
	broken := errors.New("broken")
	var ran atomic.Int32
	fail := task{"one", func(context.Context) error { ran.Add(1); return broken }}
	wait := task{"other", func(ctx context.Context) error { ran.Add(1); <-ctx.Done(); return ctx.Err() }}
	if err := runAll(t.Context(), []task{wait, fail, fail, fail}, 2, t.Output()); !errors.Is(err, broken) || ran.Load() > 3 {
		t.Errorf("%d ran, %v", ran.Load(), err)
	}
}

func TestNoMoreTasksRunAtOnceThanSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		second := task{"second", func(context.Context) error { time.Sleep(time.Second); return nil }}
		if err := runAll(t.Context(), slices.Repeat([]task{second}, 6), 2, t.Output()); err != nil || time.Since(began) != 3*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}

func TestAPeerFailsWhereItsRuleDoesNotLookElsewhere(t *testing.T) {
	var tasks []task
	for kind, wants := range map[string]map[string]bool{ // whether checks fail, by entrant
		"500": {"round robin": true, "failsafe-go": false, "failsafe-go, strict": false},
		"403": {"round robin": true, "httplb, retries": true, "failsafe-go": true, "failsafe-go, strict": false},
	} {
		for _, e := range entrants() {
			if want, judged := wants[e.name]; judged {
				tasks = append(tasks, e.expect(t, kind, want))
			}
		}
	}
	if err := runAll(t.Context(), tasks, 2, t.Output()); err != nil {
		t.Fatal(err)
	}
}

// expect plays a kind to the entrant, whose checks should fail or not.
func (e entrant) expect(t *testing.T, name string, fails bool) task {
	k, err := kindNamed(name)
	if err != nil {
		t.Fatal(err)
	}
	c := (&row{kind: k}).cell(load{calls: 50, sids: 1}, settled, 1)
	return task{name + ", " + e.name, func(ctx context.Context) error {
		f, err := c.run(ctx, e.open)
		if err == nil && (f.failed > 0) != fails {
			t.Errorf("%s, %s: %d of %d failed: %v", name, e.name, f.failed, f.checks, f.example)
		}
		return err
	}}
}
