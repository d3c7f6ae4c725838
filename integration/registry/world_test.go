package registry_test

import (
	"testing"

	"github.com/hashicorp/consul/api"

	"ms2.internal/lb/integration/consulagent"
	"ms2.internal/lb/integration/consulagent/agenttest"
	"ms2.internal/lb/integration/registry/registrytest"
	"ms2.internal/lb/sdk"
)

// world is a Consul agent, replicas in it, a client that found them, and checks that run all the time.
type world struct {
	*registrytest.Traffic
	t        *testing.T
	agent    *consulagent.Agent
	consul   *api.Client
	replicas map[string]*registrytest.Replica
	client   *sdk.Client
}

// newWorld starts it all, with three replicas, and returns once checks are answered.
func newWorld(t *testing.T, options consulagent.Options) *world {
	t.Helper()
	w := &world{t: t, agent: agenttest.Start(t, options), replicas: map[string]*registrytest.Replica{}}
	var err error
	if w.consul, err = w.agent.API(); err != nil {
		t.Fatal(err)
	}
	w.start("one", "two", "three")
	t.Setenv("CONSUL_HTTP_ADDR", w.agent.Addr())
	t.Setenv("MS2_CONSUL_EMPTY_GRACE", "1s")
	cfg, err := sdk.ConfigFromEnv()
	if err != nil {
		t.Fatal(err)
	}
	if w.client, err = sdk.New(cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.client.Close(); err != nil {
			t.Error(err)
		}
	})
	w.eventually("all three replicas are known", func(s sdk.Stats) bool { return len(s.Replicas) == 3 })
	w.Traffic = registrytest.RunTraffic(t, w.client, 0)
	return w
}

// start starts and registers replicas, and waits until Consul calls them healthy.
func (w *world) start(names ...string) {
	w.t.Helper()
	for name, r := range registrytest.StartReplicas(w.t, names...) {
		r.Register(w.consul)
		w.replicas[name] = r
	}
	registrytest.AwaitHealthy(w.t, w.consul, len(w.replicas))
}

// eventually waits until the client's statistics are as wanted.
func (w *world) eventually(what string, ok func(sdk.Stats) bool) {
	w.t.Helper()
	registrytest.Eventually(w.t, what, func() bool { return ok(w.client.Stats()) })
}
