package cluster_test

import (
	"slices"
	"testing"
	"time"

	"github.com/hashicorp/consul/api"

	"ms2.internal/lb/discovery/consul"
	"ms2.internal/lb/integration/consulagent"
	"ms2.internal/lb/integration/consulagent/agenttest"
	"ms2.internal/lb/integration/registry/registrytest"
)

// leaderlessBound is how soon Consul itself has a change that an agent was told just when the leader was killed: another
// is elected within some seconds, but an agent that could not reach the old one tries again after 15 to 30.
const leaderlessBound = 35 * time.Second

func TestALeaderThatIsKilledAndReturnsCostsNoCheck(t *testing.T) {
	t.Parallel()
	cluster := agenttest.StartCluster(t, consulagent.ClusterOptions{})
	agent := registry(t, cluster.Client)
	replicas := registrytest.StartReplicas(t, "one", "two", "three", "four")
	for _, name := range []string{"one", "two", "three"} {
		replicas[name].Register(agent)
	}
	w := watch(t, fromConsul(t, cluster.Client, consul.Config{}), "one", "two", "three")
	leader, err := cluster.Leader(t.Context())
	if err != nil {
		t.Fatal(err)
	}

	leader.Kill()
	replicas["one"].Deregister(agent)
	replicas["four"].Register(agent)
	registrytest.Within(t, leaderlessBound, "Consul has the change made while no server led", func() bool {
		return catalogHas(t, agent, "two", "three", "four")
	})
	w.within(changeBound, "it is in the set", has("two", "three", "four"))
	replicas["one"].Kill() // nobody is to miss it

	if err := leader.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.expect("the set stays as it was when the old leader returns", has("two", "three", "four"))
	replicas["two"].Deregister(agent)
	w.within(changeBound, "a change made after it returned is in the set", has("three", "four"))
	w.Settle()
	w.within(changeBound, "the set is confirmed", isConfirmed)
}

// catalogHas reports whether Consul's catalog has exactly these replicas.
func catalogHas(t *testing.T, consul *api.Client, names ...string) bool {
	t.Helper()
	found, _, err := consul.Catalog().Service(registrytest.Service, "", nil)
	if err != nil {
		return false // no leader
	}
	var known []string
	for _, s := range found {
		known = append(known, s.ServiceID)
	}
	slices.Sort(known)
	return slices.Equal(known, slices.Sorted(slices.Values(names)))
}
