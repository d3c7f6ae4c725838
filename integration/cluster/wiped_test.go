package cluster_test

import (
	"testing"
	"time"

	"github.com/hashicorp/consul/api"

	"ms2.internal/lb/discovery/consul"
	"ms2.internal/lb/integration/consulagent"
	"ms2.internal/lb/integration/consulagent/agenttest"
	"ms2.internal/lb/integration/registry/registrytest"
)

// returnBound is how soon the set is right again after an agent that was gone answers with it: pauses between failed
// queries are at most 1.5 s.
const returnBound = 2 * time.Second

// wipedBound is how soon Consul itself has what a client agent knows when a server returns without its data.
const wipedBound = 35 * time.Second

func TestAServerThatLostItsDataCostsNoCheck(t *testing.T) {
	t.Parallel()
	agent := agenttest.Start(t, consulagent.Options{Keep: true})
	direct := registry(t, agent)
	raiseIndex(t, direct)
	replicas := registrytest.StartReplicas(t, "one", "two", "three", "four")
	for _, name := range []string{"one", "two", "three"} {
		replicas[name].Register(direct)
	}
	w := watch(t, fromConsul(t, agent, consul.Config{}), "one", "two", "three")

	agent.Kill()
	w.within(changeBound, "the set is shown as stale", isStale)
	if err := agent.RestartWiped(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.Settle() // the agent answers, and knows of no replica
	for _, name := range []string{"one", "two", "four"} {
		replicas[name].Register(direct)
	}
	w.within(returnBound, "the set is what was registered anew", has("one", "two", "four"))
	replicas["three"].Kill() // nobody is to miss it
	replicas["one"].Deregister(direct)
	w.within(changeBound, "a change at an index that was met before is in the set", has("two", "four"))
	w.Settle()
}

// raiseIndex makes the registry's index much larger than that of an empty one.
func raiseIndex(t *testing.T, registry *api.Client) {
	t.Helper()
	for range 300 {
		if _, err := registry.KV().Put(&api.KVPair{Key: "any", Value: []byte("thing")}, nil); err != nil {
			t.Fatal(err)
		}
	}
}

// Here the client's agent lives on, and its stream with it: the index goes back although no connection broke.
func TestAServerThatLostItsDataBehindAnAgentCostsNoCheck(t *testing.T) {
	t.Parallel()
	cluster := agenttest.StartCluster(t, consulagent.ClusterOptions{Servers: 1})
	agent := registry(t, cluster.Client)
	raiseIndex(t, agent)
	replicas := registrytest.StartReplicas(t, "one", "two", "three", "four")
	for _, name := range []string{"one", "two", "three"} {
		replicas[name].Register(agent)
	}
	w := watch(t, fromConsul(t, cluster.Client, consul.Config{Wait: shortWait}), "one", "two", "three")

	cluster.Servers[0].Kill()
	if err := cluster.Servers[0].RestartWiped(t.Context()); err != nil {
		t.Fatal(err)
	}
	replicas["one"].Deregister(agent)
	replicas["four"].Register(agent)
	registrytest.Within(t, wipedBound, "Consul has what its agents told the new server", func() bool {
		return catalogHas(t, agent, "two", "three", "four")
	})
	w.within(shortWait+changeBound, "it is in the set", has("two", "three", "four"))
	replicas["two"].Deregister(agent)
	w.within(shortWait+changeBound, "a change is in the set", has("three", "four"))
	w.Settle()
}

// One of three servers loses its data, and it is the one that the client asks.
func TestAServerOfThreeThatLostItsDataCostsNoCheck(t *testing.T) {
	t.Parallel()
	cluster := agenttest.StartCluster(t, consulagent.ClusterOptions{})
	agent := registry(t, cluster.Client)
	raiseIndex(t, agent)
	replicas := registrytest.StartReplicas(t, "one", "two", "three", "four")
	for _, name := range []string{"one", "two", "three"} {
		replicas[name].Register(agent)
	}
	asked, err := cluster.Leader(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w := watch(t, fromConsul(t, asked, consul.Config{}), "one", "two", "three")

	asked.Kill()
	if err := asked.RestartWiped(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.Settle()
	replicas["one"].Deregister(agent)
	replicas["four"].Register(agent)
	registrytest.Within(t, leaderlessBound, "Consul has a change made after the server returned", func() bool {
		return catalogHas(t, agent, "two", "three", "four")
	})
	w.within(returnBound, "it is in the set", has("two", "three", "four"))
	w.within(changeBound, "the set is confirmed", isConfirmed)
	w.Settle()
}
