package consulagent_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/hashicorp/consul/api"

	"ms2.internal/lb/integration/consulagent"
	"ms2.internal/lb/integration/consulagent/agenttest"
)

func TestDevelopmentAgentForgetsAcrossRestart(t *testing.T) {
	t.Parallel()
	agent := agenttest.Start(t, consulagent.Options{})
	before := agent.Addr()
	register(t, agent)
	if services := services(t, agent); services["ms2-1"] == nil {
		t.Fatalf("services = %v, want ms2-1 among them", services)
	}
	if err := agent.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if agent.Addr() != before {
		t.Errorf("address = %s after the restart, want %s", agent.Addr(), before)
	}
	if services := services(t, agent); len(services) != 0 {
		t.Errorf("services = %v after the restart, want none", services)
	}
}

func TestKeptRegistrationsSurviveCrashAndStop(t *testing.T) {
	t.Parallel()
	agent := agenttest.Start(t, consulagent.Options{Keep: true})
	register(t, agent)
	for name, end := range map[string]func(){"crash": agent.Kill, "stop": agent.Stop} {
		end()
		if answers(t, agent, 5*time.Second) {
			t.Fatalf("%s: the agent still answers", name)
		}
		if err := agent.Restart(t.Context()); err != nil {
			t.Fatal(name, err)
		}
		if services := services(t, agent); services["ms2-1"] == nil {
			t.Errorf("%s: services = %v, want ms2-1 among them", name, services)
		}
	}
}

func TestPausedAgentAnswersNothingUntilResumed(t *testing.T) {
	t.Parallel()
	agent := agenttest.Start(t, consulagent.Options{})
	if err := agent.Pause(); err != nil {
		t.Fatal(err)
	}
	// The signal takes effect a moment after it was sent.
	for guard := time.Now().Add(10 * time.Second); answers(t, agent, 300*time.Millisecond); {
		if time.Now().After(guard) {
			t.Fatal("a paused agent goes on answering")
		}
	}
	if err := agent.Resume(); err != nil {
		t.Fatal(err)
	}
	if !answers(t, agent, 10*time.Second) {
		t.Error("a resumed agent does not answer")
	}
}

func TestPausedAgentCanBeStopped(t *testing.T) {
	t.Parallel()
	agent := agenttest.Start(t, consulagent.Options{})
	if err := agent.Pause(); err != nil {
		t.Fatal(err)
	}
	agent.Stop()
	if err := agent.Resume(); err == nil {
		t.Error("a stopped agent was resumed")
	}
}

func TestConfigAndToken(t *testing.T) {
	t.Parallel()
	agent := agenttest.Start(t, consulagent.Options{
		Token:  "root-of-tests",
		Config: `acl { enabled = true  default_policy = "deny"  tokens { initial_management = "root-of-tests" } }`,
	})
	register(t, agent)
	stranger, err := api.NewClient(&api.Config{Address: agent.Addr()})
	if err != nil {
		t.Fatal(err)
	}
	if err := stranger.Agent().ServiceDeregister("ms2-1"); err == nil {
		t.Error("the agent let somebody without the token deregister a service")
	}
}

func register(t *testing.T, agent *consulagent.Agent) {
	t.Helper()
	replica := api.AgentServiceRegistration{ID: "ms2-1", Name: "ms2", Address: "127.0.0.1", Port: 8080}
	if err := client(t, agent).Agent().ServiceRegister(&replica); err != nil {
		t.Fatal(err)
	}
}

func services(t *testing.T, agent *consulagent.Agent) map[string]*api.AgentService {
	t.Helper()
	services, err := client(t, agent).Agent().Services()
	if err != nil {
		t.Fatal(err)
	}
	return services
}

func client(t *testing.T, agent *consulagent.Agent) *api.Client {
	t.Helper()
	client, err := agent.API()
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// answers tells whether the agent answers anything within the limit.
func answers(t *testing.T, agent *consulagent.Agent, limit time.Duration) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+agent.Addr()+"/v1/agent/self", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	return response.Body.Close() == nil
}
