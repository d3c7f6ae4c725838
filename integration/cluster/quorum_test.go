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
	// blindBound is how soon it is said, and was for toLast, that the servers lost their leader for good: probes come every
	// 27 to 33 s, and the leader must have been silent for 15 s.
	blindBound = 45 * time.Second
	toLast     = 5 * time.Second

	// probeBound is how soon it is said that they have one again: after a probe that found none the next comes in 5 s.
	probeBound = 6 * time.Second
)

// An agent whose servers have no quorum may go on answering from its stream, 200 and with no sign of it but one error when
// the server that fed the stream goes.
func TestAClusterWithoutAQuorumCostsNoCheckAndIsNoticed(t *testing.T) {
	t.Parallel()
	cluster := agenttest.StartCluster(t, consulagent.ClusterOptions{})
	agent := registry(t, cluster.Client)
	replicas := registrytest.StartReplicas(t, "one", "two", "three")
	replicas["one"].Register(agent)
	replicas["two"].Register(agent)
	registrytest.AwaitHealthy(t, agent, 2)
	w := watch(t, fromConsul(t, cluster.Client, consul.Config{}), "one", "two")

	lost := cluster.Servers[:2]
	for _, server := range lost {
		server.Kill()
	}
	w.within(blindBound, "it is said for good that the set can't be confirmed", lasting(toLast, isStale))
	w.expect("the set stays as it was", has("one", "two"))
	for _, server := range lost {
		if err := server.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	replicas["three"].Register(agent)
	registrytest.Within(t, leaderlessBound, "Consul has the change made after the servers returned", func() bool {
		return catalogHas(t, agent, "one", "two", "three")
	})
	w.within(returnBound, "it is in the set", has("one", "two", "three"))
	w.within(probeBound, "the set is confirmed", isConfirmed)
	w.Settle()
}

// lasting is true once ok was for so long without a break.
func lasting(long time.Duration, ok func(sdk.Stats) bool) func(sdk.Stats) bool {
	var since time.Time
	return func(s sdk.Stats) bool {
		switch {
		case !ok(s):
			since = time.Time{}
		case since.IsZero():
			since = time.Now()
		}
		return !since.IsZero() && time.Since(since) >= long
	}
}
