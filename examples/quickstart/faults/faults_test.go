package faults

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"ms2.internal/lb/examples/quickstart/child"
)

func TestEachFaultOfTheProcessIsDoneOnceAndTakenBack(t *testing.T) {
	t.Parallel()
	for f, want := range map[Fault][]string{
		Kill: {"kill", "restart"}, Drain: {"leave", "restart"}, Stop: {"pause", "resume"},
	} {
		if f == Stop && !child.CanPause {
			continue
		}
		r, p := newFake(t)
		for _, state := range []bool{true, true, false, false} {
			if err := r.Switch(t.Context(), f, state); err != nil {
				t.Errorf("%s: %v", f, err)
			}
			if got := on(r); state != (got == string(f)) {
				t.Errorf("%s is %v: on are %q", f, state, got)
			}
		}
		if !slices.Equal(p.done, want) {
			t.Errorf("%s: did %q, want %q", f, p.done, want)
		}
	}
}

func TestSeveralWaysToBehaveBadlyMayBeOnAtOnce(t *testing.T) {
	t.Parallel()
	r, p := newFake(t)
	for _, c := range []struct {
		fault Fault
		on    bool
		want  string
	}{{Refuse, true, "refuse"}, {Slow, true, "slow refuse"}, {Kill, true, "slow refuse"}, {Refuse, false, "slow"}, {Kill, false, "slow"}} {
		if err := r.Switch(t.Context(), c.fault, c.on); err != nil {
			t.Fatal(err)
		}
		if got := behaviour(t, r); got != c.want {
			t.Errorf("after %s %v it is told %q, want %q", c.fault, c.on, got, c.want)
		}
	}
	if err := r.End(t.Context()); err != nil || on(r) != "" || behaviour(t, r) != "" || p.gone.Load() {
		t.Errorf("after the end: %v, on are %q, it is told %q", err, on(r), behaviour(t, r))
	}
}

func TestOfKillStopAndDrainOnlyOneIsOn(t *testing.T) {
	t.Parallel()
	for _, first := range []Fault{Kill, Stop, Drain} {
		r, _ := newFake(t)
		if err := r.Switch(t.Context(), first, true); err != nil {
			t.Fatal(err)
		}
		for _, second := range []Fault{Kill, Stop, Drain} {
			err := r.Switch(t.Context(), second, true)
			if second == first {
				continue
			}
			if !errors.Is(err, ErrConflict) || !strings.Contains(err.Error(), "end "+string(first)+" of replica 1 first") || on(r) != string(first) {
				t.Errorf("%s while %s: %v; on are %q", second, first, err, on(r))
			}
		}
	}
}

func TestAReplicaThatSomebodyElseKilledCanBeStarted(t *testing.T) {
	t.Parallel()
	r, p := newFake(t)
	p.gone.Store(true)
	if got := on(r); got != "kill" {
		t.Errorf("on are %q", got)
	}
	if err := r.Switch(t.Context(), Kill, false); err != nil || on(r) != "" {
		t.Errorf("%v; on are %q", err, on(r))
	}
}

func TestAReplicaThatDoesNotStartStaysKilled(t *testing.T) {
	t.Parallel()
	r, p := newFake(t)
	p.refuses = errBroken
	if err := r.Switch(t.Context(), Drain, true); err != nil {
		t.Fatal(err)
	}
	if err := r.Switch(t.Context(), Drain, false); !errors.Is(err, errBroken) || on(r) != "drain" {
		t.Errorf("%v; on are %q", err, on(r))
	}
	p.refuses = nil
	if err := r.End(t.Context()); err != nil || on(r) != "" {
		t.Errorf("%v; on are %q", err, on(r))
	}
}

func TestWhatIsNotThereIsNamedInTheError(t *testing.T) {
	t.Parallel()
	r, _ := newFake(t)
	s := &Set{Replicas: []*Replica{r}, NoWay: "start with -consul=dev"}
	for _, c := range []struct {
		replica string
		fault   Fault
		is      error
		says    string
	}{
		{"replica 2", Kill, ErrUnknownReplica, `"replica 2"`},
		{"", Kill, ErrUnknownReplica, "replica 1"},
		{"replica 1", "explode", ErrUnknownFault, "kill, stop, drain, slow, fail, refuse"},
		{"", Consul, ErrConflict, "-consul=dev"},
	} {
		if err := s.Switch(t.Context(), c.replica, c.fault, true); !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s of %q: %v", c.fault, c.replica, err)
		}
	}
}
