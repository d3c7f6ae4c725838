package consul_test

import (
	"math"
	"testing"
	"testing/synctest"

	"github.com/hashicorp/consul/api"

	"ms2.internal/lb/discovery"
)

func TestWeightsFollowConsul(t *testing.T) {
	for _, c := range []struct {
		passing, warning int
		status           string
		want             int
	}{
		{1, 1, api.HealthPassing, 10},
		{1, 1, api.HealthWarning, 1},
		{0, 0, api.HealthPassing, 10}, // an old agent leaves them out
		{0, 0, api.HealthWarning, 1},
		{5, 1, api.HealthPassing, 50},
		{5, 1, api.HealthWarning, 10},
		{5, 0, api.HealthWarning, 0},
		{5, -3, api.HealthWarning, 0},
		{1, 2, api.HealthWarning, 20},
		{10_000, 1, api.HealthPassing, 100_000},
		{60_000, 1, api.HealthPassing, 600_000},
		{65_535, 1, api.HealthPassing, discovery.MaxWeight},
		{65_536, 1, api.HealthPassing, discovery.MaxWeight},
		{math.MaxInt, math.MaxInt, api.HealthWarning, discovery.MaxWeight},
		{2, 1, "a status of tomorrow", 10},
	} {
		entry := with(replica("a"), "c", c.status)
		entry.Service.Weights = api.AgentWeights{Passing: c.passing, Warning: c.warning}
		kept := mapped(t, entry).Instances
		if len(kept) != 1 || kept[0].Weight != c.want {
			t.Errorf("%+v: got %v", c, kept)
		}
	}
}

func TestZoneIsTheServicesThenTheNodes(t *testing.T) {
	own, nodes, none := replica("own"), replica("node"), replica("none")
	own.Service.Meta = map[string]string{"zone": "z1"}
	own.Node.Meta = map[string]string{"zone": "z2"}
	nodes.Node.Meta = map[string]string{"zone": "z2"}
	for _, instance := range mapped(t, own, nodes, none).Instances {
		if want := map[string]string{"n/own": "z1", "n/node": "z2", "n/none": ""}[instance.ID]; instance.Zone != want {
			t.Errorf("zone of %s is %q, want %q", instance.ID, instance.Zone, want)
		}
		if instance.Meta != nil {
			t.Errorf("metadata %v came along, which nobody asked for", instance.Meta)
		}
	}
}

func TestIdentityIsUnambiguous(t *testing.T) {
	one, other, again := replica("b/c"), replica("c"), replica("c")
	one.Node.Node, other.Node.Node, again.Node.Node = "a", "a/b", "a%2Fb"
	kept := mapped(t, one, other, again).Instances
	if len(kept) != 3 {
		t.Fatalf("kept %v, want three", kept)
	}
	for i, want := range []string{"a%252Fb/c", "a%2Fb/c", "a/b%2Fc"} {
		if kept[i].ID != want {
			t.Errorf("ID %q, want %q", kept[i].ID, want)
		}
	}
}

func TestEntriesWithoutNodeOrServiceAreDropped(t *testing.T) {
	noNode, noService, noCheck := replica("a"), replica("b"), replica("c")
	noNode.Node, noService.Service, noCheck.Checks = nil, nil, api.HealthChecks{nil}
	s := mapped(t, nil, noNode, noService, noCheck)
	if len(s.Instances) != 1 || s.Instances[0].ID != "n/c" || len(s.Dropped) != 3 {
		t.Errorf("kept %v, dropped %v", s.Instances, s.Dropped)
	}
}

func TestDroppedStaysBounded(t *testing.T) {
	entries := replicas(1000)
	for _, entry := range entries {
		entry.Checks[0].Status = api.HealthCritical
	}
	if n := len(mapped(t, entries...).Dropped); n != discovery.MaxDropped+1 {
		t.Errorf("%d dropped entries listed", n)
	}
}

// mapped is the first snapshot made of entries.
func mapped(t *testing.T, entries ...*api.ServiceEntry) (s discovery.Snapshot) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.set(1, entries...)
		s = watch(t, newSource(t, f)).snapshots()[0]
	})
	return s
}
