package cluster_test

import (
	"testing"
	"time"

	"ms2.internal/lb/discovery/consul"
	"ms2.internal/lb/integration/consulagent"
	"ms2.internal/lb/integration/consulagent/agenttest"
	"ms2.internal/lb/integration/registry/registrytest"
	"ms2.internal/lb/sdk"
)

const (
	// failoverGrace is how long a set found empty is held in this test.
	failoverGrace = time.Second

	// failoverBound is how soon the other datacenter's replicas are in use once the first one has none: the grace, and what
	// a change takes.
	failoverBound = failoverGrace + changeBound
)

func TestAnotherDatacenterStepsInAndBack(t *testing.T) {
	t.Parallel()
	near := agenttest.StartCluster(t, consulagent.ClusterOptions{Servers: 1})
	far := agenttest.StartCluster(t, consulagent.ClusterOptions{Servers: 1, Datacenter: "dc2", JoinWAN: near})
	here, there := registry(t, near.Client), registry(t, far.Client)
	replicas := registrytest.StartReplicas(t, "one", "two", "far-one", "far-two")
	replicas["one"].Register(here)
	replicas["two"].Register(here)
	replicas["far-one"].Register(there)
	source := fromConsul(t, near.Client, consul.Config{Datacenter: "dc1", Failover: []string{"dc2"}, EmptyGrace: failoverGrace})
	w := watch(t, source, "one", "two")

	replicas["one"].Deregister(here)
	replicas["two"].Deregister(here)
	w.within(failoverBound, "the other datacenter's replica is in use", has("far-one"))
	w.expect("Stats names the datacenter", inUse("dc2"))
	replicas["one"].Kill() // nobody is to miss them
	replicas["two"].Kill()
	w.Settle()
	replicas["far-two"].Register(there)
	w.within(changeBound, "a change there is in the set", has("far-one", "far-two"))

	replicas["one"].Start()
	replicas["one"].Register(here)
	w.within(changeBound, "the first datacenter's replica is in use again", has("one"))
	w.expect("Stats names the datacenter", inUse("dc1"))
	w.Settle()
}

// inUse is true when Stats says that this datacenter's set is.
func inUse(datacenter string) func(sdk.Stats) bool {
	return func(s sdk.Stats) bool { return s.Discovery.Detail["datacenter"] == datacenter }
}
