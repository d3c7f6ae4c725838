package main

import (
	"slices"
	"testing"
)

// everyRule runs the test for each, side by side, over so many replicas.
func everyRule(t *testing.T, replicas int, test func(*testing.T, rule, picker)) {
	for _, r := range rules() {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			p, closed, err := r.open(addresses(replicas))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(closed)
			test(t, r, p)
		})
	}
}

func TestEveryRuleServesEveryReplica(t *testing.T) {
	const replicas, decisions = 10, 20_000
	everyRule(t, replicas, func(t *testing.T, r rule, p picker) {
		seen := map[string]int{}
		if err := p.run(decisions, func(addr string) { seen[addr]++ }); err != nil {
			t.Fatal(err)
		}
		total := 0
		for i, addr := range addresses(replicas) {
			if seen[addr] == 0 && !unserved(r, i) {
				t.Error("never picked", addr)
			}
			total += seen[addr]
		}
		if total != decisions {
			t.Errorf("%d of %d decisions on %d replicas", total, decisions, replicas)
		}
	})
}

// unserved reports whether the rule need not serve the replica of an index.
func unserved(r rule, i int) bool {
	return r.name == broken.name && i == 0 || r.name == zoned.name && i%2 != 0
}

// shareOf is what the replicas of which that is so get of the rule's decisions.
func shareOf(t *testing.T, r rule, replicas int, is func(i int) bool) float64 {
	t.Helper()
	const decisions = 20_000
	p, _, err := r.open(addresses(replicas))
	if err != nil {
		t.Fatal(err)
	}
	seen, of := map[string]int{}, 0
	if err := p.run(decisions, func(addr string) { seen[addr]++ }); err != nil {
		t.Fatal(err)
	}
	for i, addr := range addresses(replicas) {
		if is(i) {
			of += seen[addr]
		}
	}
	return float64(of) / decisions
}

func TestOursWorksUnderTheConditionsThatItsRowsName(t *testing.T) {
	if got := shareOf(t, weighted, 12, func(i int) bool { return i%4 == 3 }); got < 0.35 || got > 0.45 {
		t.Errorf("those of weight 4 of 1 to 4 got %.2f of all", got)
	}
	if got := shareOf(t, broken, 12, func(i int) bool { return i == 0 }); got != 0 {
		t.Errorf("the one whose breaker is open got %.2f", got)
	}
	if got := shareOf(t, zoned, 12, func(i int) bool { return i%2 == 0 }); got < 0.9 {
		t.Errorf("the own zone got %.2f", got)
	}
}

// nested has depth requests in flight at once, and tells of their replicas.
func nested(t *testing.T, p picker, depth int, innermost func()) (picked []string) {
	t.Helper()
	if depth == 0 {
		innermost()
		return nil
	}
	if err := p.run(1, func(addr string) { picked = append(nested(t, p, depth-1, innermost), addr) }); err != nil {
		t.Error(err)
	}
	return picked
}

func TestEveryRuleThatCountsCountsWhatIsInFlightAndLeavesNothing(t *testing.T) {
	const replicas, depth, workers, decisions = 5, 12, 8, 2000
	everyRule(t, replicas, func(t *testing.T, r rule, p picker) {
		if counters[r.name] == "" {
			t.Skip("keeps no count")
		}
		before := inFlight(t, r, p)
		nested(t, p, depth, func() {
			if n := inFlight(t, r, p) - before; n != depth {
				t.Errorf("%d in flight of %d", n, depth)
			}
		})
		if err := together(workers, func() error { return p.run(decisions, nil) }); err != nil {
			t.Fatal(err)
		}
		if n := inFlight(t, r, p) - before; n != 0 {
			t.Errorf("%d left in flight", n)
		}
	})
}

func TestTheLeastLoadedOfAllIsSpreadEvenly(t *testing.T) {
	const replicas = 7
	p, closed, err := openLeastLoaded(addresses(replicas))
	if err != nil {
		t.Fatal(err)
	}
	defer closed()
	picked := nested(t, p, replicas, func() {})
	slices.Sort(picked)
	if n := len(slices.Compact(picked)); n != replicas {
		t.Errorf("%d requests in flight are on %d replicas", replicas, n)
	}
}

func TestOursReportsTheFailuresThatItWasGiven(t *testing.T) {
	const decisions, every = 10_000, 1000
	p, _, err := openOurs(conditions{failureEvery: every})(addresses(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.run(decisions, nil); err != nil {
		t.Fatal(err)
	}
	var picks, failures, flying int64
	for _, r := range p.(*oursPicker).balancer.Stats() {
		picks, failures, flying = picks+r.Picks, failures+r.Failures, flying+r.InFlight
	}
	if picks != decisions || failures != decisions/every || flying != 0 {
		t.Errorf("%d picks, %d failures, %d in flight", picks, failures, flying)
	}
}

func TestTheWeightedRoundRobinFollowsTheReports(t *testing.T) {
	const replicas, decisions = 10, 20_000
	index := slices.IndexFunc(rules(), func(r rule) bool { return r.name == "grpc weighted_round_robin" })
	p, closed, err := rules()[index].open(addresses(replicas))
	if err != nil {
		t.Fatal(err)
	}
	defer closed()
	seen := map[string]int{}
	if err := p.run(decisions, func(addr string) { seen[addr]++ }); err != nil {
		t.Fatal(err)
	}
	counts := make([]int, 0, replicas)
	for _, n := range seen {
		counts = append(counts, n)
	}
	// Half of the utilisation is twice the weight: 40 % beside 80 %.
	if ratio := float64(slices.Max(counts)) / float64(slices.Min(counts)); ratio < 1.9 || ratio > 2.1 {
		t.Errorf("the most is %.2f times the least: %v", ratio, counts)
	}
}
