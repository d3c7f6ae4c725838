package sdk_test

import (
	"testing"

	"ms2.internal/lb/discovery"
)

// Few replicas are left, or were there from the start.

func TestWhatIsSaidWhenMostReplicasAreDown(t *testing.T) {
	playAll(t, wrong{
		summary: "2 of 3 replicas are out. Checks are answered.",
		problem: "warning probe_failed connection_refused a",
		told: []string{
			"out a {failures_in_row|fails_more} connection_refused", "out b {failures_in_row|fails_more} connection_refused",
			"? failing panic", "? state a failures_in_row", "? state b failures_in_row",
			"back a back", "back b back", "? recovered panic",
		},
		mixed: true,
		moves: "failures.connect",
	}.plays("two of three", down(true, "a", "b"), down(false, "a", "b")))
}

func TestWhatIsSaidOfASingleReplica(t *testing.T) {
	alone := "All is well with 1 replica, the only address of MS2."
	hangs := allBreak("timeout", "did not answer in time", "b").allAnswer("hangs", hang)
	hangs.replicas, hangs.was = []string{"b"}, alone
	second := wrong{
		replicas: []string{"a"}, summary: alone, problem: "notice one_address", moves: "discovery.instances",
		told: []string{"ready", "failing one_address", "joined b", unlogged},
	}.fromStart().plays("one address",
		func(s *stage) { s.tell(discovery.Snapshot{Instances: instances("a")}) },
		func(s *stage) { s.start("b"); s.tell(discovery.Snapshot{Instances: instances("a", "b")}) })
	playAll(t, hangs, second)
}
