package consulagent_test

import (
	"testing"
	"time"

	"github.com/hashicorp/consul/api"

	"ms2.internal/lb/integration/consulagent"
	"ms2.internal/lb/integration/consulagent/agenttest"
)

func TestClusterOutlivesItsLeader(t *testing.T) {
	t.Parallel()
	cluster := agenttest.StartCluster(t, consulagent.ClusterOptions{})
	register(t, cluster.Client)
	first, err := cluster.Leader(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	first.Kill()
	await(t, "another server leads", func() bool {
		next, err := cluster.Leader(t.Context())
		return err == nil && next != first
	})
	if err := first.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	await(t, "the one that returned knows the service", func() bool { return knows(t, first, "") })
}

func TestWipedServerComesBackAsAnother(t *testing.T) {
	t.Parallel()
	agent := agenttest.Start(t, consulagent.Options{Keep: true})
	register(t, agent)
	if err := agent.RestartWiped(t.Context()); err != nil {
		t.Fatal(err)
	}
	if services := services(t, agent); len(services) != 0 {
		t.Errorf("services = %v after the wipe, want none", services)
	}
}

func TestDatacentersAnswerForEachOther(t *testing.T) {
	t.Parallel()
	near := agenttest.StartCluster(t, consulagent.ClusterOptions{Servers: 1})
	far := agenttest.StartCluster(t, consulagent.ClusterOptions{Servers: 1, Datacenter: "dc2", JoinWAN: near})
	register(t, far.Client)
	await(t, "the near one knows the far one's service", func() bool { return knows(t, near.Client, "dc2") })
	if knows(t, near.Client, "") {
		t.Error("the near one calls the far one's service its own")
	}
}

func TestTokenIsRevokedAndRestored(t *testing.T) {
	t.Parallel()
	agent := agenttest.Start(t, consulagent.Options{
		Token:  "root-of-tests",
		Config: `acl { enabled = true  default_policy = "deny"  tokens { initial_management = "root-of-tests" } }`,
	})
	register(t, agent)
	token, err := agent.CreateToken(t.Context(), `service "ms2" { policy = "read" } node_prefix "" { policy = "read" }`)
	if err != nil {
		t.Fatal(err)
	}
	holder, err := api.NewClient(&api.Config{Address: agent.Addr(), Token: token.Secret})
	if err != nil {
		t.Fatal(err)
	}
	sees := func() (int, error) {
		found, _, err := holder.Health().Service("ms2", "", false, nil)
		return len(found), err
	}
	if found, err := sees(); found != 1 || err != nil {
		t.Errorf("%d instances, %v; want one", found, err)
	}
	if err := token.Allow(t.Context(), ``); err != nil {
		t.Fatal(err)
	}
	if found, err := sees(); found != 0 || err != nil {
		t.Errorf("%d instances, %v for one who may see none; want none", found, err)
	}
	if err := token.Revoke(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := sees(); err == nil {
		t.Error("a revoked token is still known")
	}
	if err := token.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := sees(); err != nil {
		t.Error(err)
	}
}

// knows reports whether the agent knows the service in a datacenter, "" for its own.
func knows(t *testing.T, agent *consulagent.Agent, datacenter string) bool {
	t.Helper()
	found, _, err := client(t, agent).Health().Service("ms2", "", false, &api.QueryOptions{Datacenter: datacenter})
	return err == nil && len(found) == 1
}

// await polls until a condition holds; the time is a guard against hanging alone.
func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	guard := time.After(time.Minute)
	for !ok() {
		select {
		case <-ticker.C:
		case <-guard:
			t.Fatalf("waited a minute until %s", what)
		}
	}
}
