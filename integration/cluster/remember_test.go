package cluster_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/discovery/consul"
	"ms2.internal/lb/integration/consulagent"
	"ms2.internal/lb/integration/consulagent/agenttest"
	"ms2.internal/lb/integration/registry/registrytest"
	"ms2.internal/lb/sdk"
)

// rememberedBound is how soon after sdk.New a check is answered by a remembered replica.
const rememberedBound = 100 * time.Millisecond

func TestAStartWithoutTheRegistryUsesWhatWasRemembered(t *testing.T) {
	t.Parallel()
	agent := agenttest.Start(t, consulagent.Options{Keep: true})
	direct := registry(t, agent)
	replicas := registrytest.StartReplicas(t, "one", "two", "three")
	replicas["one"].Register(direct)
	replicas["two"].Register(direct)
	path := filepath.Join(t.TempDir(), "ms2.json")
	learn(t, remembering(t, path, agent), "one", "two")
	agent.Stop()

	w := &world{t: t}
	began := time.Now()
	w.client = newClient(t, remembering(t, path, agent))
	_, err := w.client.Validate(t.Context(), "good:1")
	took := time.Since(began)
	t.Logf("%v from New to the first verdict of a remembered replica (bound %v)", took, rememberedBound)
	if err != nil || took > 5*rememberedBound {
		t.Errorf("after %v: %v", took, err)
	}
	w.Traffic = registrytest.RunTraffic(t, w.client, trafficPause)
	w.expect("Stats says that the set is remembered", isRemembered)
	w.expect("the set is the remembered one", has("one", "two"))
	w.within(changeBound, "the set is shown as stale", isStale)

	if err := agent.RestartWiped(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.Settle() // the registry answers, and knows of no replica yet
	w.expect("the remembered set stays in use", has("one", "two"))
	replicas["two"].Register(direct)
	replicas["three"].Register(direct)
	w.within(returnBound, "the live set has taken over", has("two", "three"))
	w.expect("Stats names the registry", func(s sdk.Stats) bool { return s.Discovery.Source == "consul" && isConfirmed(s) })
	replicas["one"].Kill() // nobody is to miss it
	replicas["two"].Deregister(direct)
	w.within(changeBound, "a change is in the set", has("three"))
	w.Settle()
}

// learn has a client find the replicas, and be closed again.
func learn(t *testing.T, source discovery.Source, replicas ...string) {
	t.Helper()
	w := &world{t: t, client: newClient(t, source)}
	w.eventually("the replicas to remember are known", has(replicas...))
	if err := w.client.Close(); err != nil {
		t.Fatal(err)
	}
}

func remembering(t *testing.T, path string, agent *consulagent.Agent) discovery.Source {
	t.Helper()
	source, err := discovery.NewRemember(path, registrytest.Service, 0, fromConsul(t, agent, consul.Config{}))
	if err != nil {
		t.Fatal(err)
	}
	return source
}

func isRemembered(s sdk.Stats) bool {
	return strings.HasPrefix(s.Discovery.Source, "remembered ") && strings.HasPrefix(s.Discovery.Detail["remembered"], "in use")
}
