package cluster_test

import (
	"testing"
	"time"

	"github.com/hashicorp/consul/api"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/discovery/consul"
	"ms2.internal/lb/integration/consulagent"
	"ms2.internal/lb/integration/registry/registrytest"
	"ms2.internal/lb/sdk"
)

// changeBound is how soon a change is in the set when nothing is amiss.
const changeBound = time.Second

// trafficPause leaves time to the agents, which share the processors with the checks.
const trafficPause = 20 * time.Millisecond

// world is a client of MS2 that checks all the time.
type world struct {
	*registrytest.Traffic
	t      *testing.T
	client *sdk.Client
}

// watch starts a client that finds its replicas by the source, waits until it knows exactly these, and has it check.
func watch(t *testing.T, source discovery.Source, replicas ...string) *world {
	t.Helper()
	w := &world{t: t, client: newClient(t, source)}
	w.eventually("its replicas are known", has(replicas...))
	w.Traffic = registrytest.RunTraffic(t, w.client, trafficPause)
	w.Settle()
	return w
}

func newClient(t testing.TB, source discovery.Source, options ...sdk.Option) *sdk.Client {
	t.Helper()
	client, err := sdk.New(sdk.Config{}, append(options, sdk.WithSource(source))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	return client
}

// fromConsul is the source that asks an agent; the service is filled in.
func fromConsul(t testing.TB, agent *consulagent.Agent, config consul.Config) *consul.Source {
	t.Helper()
	config.Service = registrytest.Service
	if config.API == nil {
		config.API = &api.Config{}
	}
	config.API.Address = agent.Addr()
	source, err := consul.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// registry is a client of Consul's own of an agent.
func registry(t testing.TB, agent *consulagent.Agent) *api.Client {
	t.Helper()
	client, err := agent.API()
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// within waits until the client's statistics are as wanted, and says how long that took beside what is promised.
func (w *world) within(bound time.Duration, what string, ok func(sdk.Stats) bool) {
	w.t.Helper()
	registrytest.Within(w.t, bound, what, func() bool { return ok(w.client.Stats()) })
}

func (w *world) eventually(what string, ok func(sdk.Stats) bool) {
	w.t.Helper()
	registrytest.Eventually(w.t, what, func() bool { return ok(w.client.Stats()) })
}

// expect fails the test unless the client's statistics are as wanted right now.
func (w *world) expect(what string, ok func(sdk.Stats) bool) {
	w.t.Helper()
	if s := w.client.Stats(); !ok(s) {
		w.t.Errorf("not so: %s: %+v, replicas %+v", what, s.Discovery, s.Replicas)
	}
}

// has is true when exactly these replicas are in the set.
func has(names ...string) func(sdk.Stats) bool {
	return func(s sdk.Stats) bool { return registrytest.Has(s, names...) }
}

func isStale(s sdk.Stats) bool { return s.Discovery.Stale && s.Discovery.Error != nil }

func isConfirmed(s sdk.Stats) bool { return !s.Discovery.Stale && s.Discovery.Error == nil }
