// Package agenttest gives a test a Consul agent, or a cluster of them, that ends with it.
package agenttest

import (
	"testing"

	"ms2.internal/lb/integration/consulagent"
)

// Start starts an agent, or fails the test, and closes it when the test is over. When the test failed, the agent's log
// is shown with it.
func Start(t testing.TB, options consulagent.Options) *consulagent.Agent {
	t.Helper()
	agent, err := consulagent.Start(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	closeWith(t, agent)
	return agent
}

// StartCluster does the same with a cluster.
func StartCluster(t testing.TB, options consulagent.ClusterOptions) *consulagent.Cluster {
	t.Helper()
	cluster, err := consulagent.StartCluster(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	closeWith(t, cluster)
	return cluster
}

func closeWith(t testing.TB, running interface {
	Log() string
	Close() error
}) {
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the log of Consul:\n%s", running.Log())
		}
		if err := running.Close(); err != nil {
			t.Error(err)
		}
	})
}
