package cluster_test

import (
	"testing"
	"time"

	"ms2.internal/lb/discovery/consul"
	"ms2.internal/lb/integration/consulagent"
	"ms2.internal/lb/integration/consulagent/agenttest"
	"ms2.internal/lb/integration/registry/registrytest"
)

const (
	// frozenFor is how long the agent is stopped.
	frozenFor = 20 * time.Second

	// shortWait is how long each query may wait, so that the agent's silence is noticed while it lasts.
	shortWait = 5 * time.Second

	// silenceBound is how soon an agent that answers nothing is noticed: the wait, a sixteenth of it, and 5 s.
	silenceBound = shortWait + shortWait/16 + 5*time.Second

	// thawBound is how soon the set is right after the agent goes on: the other agents took it for dead, and it has to
	// convince them.
	thawBound = 10 * time.Second
)

// The agent of MS1's host stops, and with it, for the others, what is registered there.
func TestAFrozenAgentCostsNoCheck(t *testing.T) {
	t.Parallel()
	cluster := agenttest.StartCluster(t, consulagent.ClusterOptions{Servers: 1})
	here, elsewhere := registry(t, cluster.Client), registry(t, cluster.Servers[0])
	replicas := registrytest.StartReplicas(t, "one", "two", "three", "four")
	replicas["one"].Register(here)
	replicas["two"].Register(elsewhere)
	replicas["three"].Register(elsewhere)
	w := watch(t, fromConsul(t, cluster.Client, consul.Config{Wait: shortWait}), "one", "two", "three")

	if err := cluster.Client.Pause(); err != nil {
		t.Fatal(err)
	}
	thaw := time.After(frozenFor)
	replicas["three"].Deregister(elsewhere)
	replicas["three"].Kill()
	replicas["four"].Register(elsewhere)
	w.within(silenceBound, "the agent's silence is noticed", isStale)
	<-thaw
	w.expect("the set stays as it was while the agent is silent", has("one", "two", "three"))
	if err := cluster.Client.Resume(); err != nil {
		t.Fatal(err)
	}
	w.within(thawBound, "the set is right after the agent went on", has("one", "two", "four"))
	w.within(changeBound, "the set is confirmed", isConfirmed)
	replicas["two"].Deregister(elsewhere)
	w.within(changeBound, "a change is in the set", has("one", "four"))
	w.Settle()
}
