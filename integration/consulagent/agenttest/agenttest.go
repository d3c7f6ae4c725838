// Package agenttest gives a test a Consul agent that ends with it.
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
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the Consul agent's log:\n%s", agent.Log())
		}
		if err := agent.Close(); err != nil {
			t.Error(err)
		}
	})
	return agent
}
