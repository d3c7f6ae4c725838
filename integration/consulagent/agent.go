package consulagent

import (
	"context"
	"errors"
	"net/http"
	"os"
	"sync"

	"github.com/hashicorp/consul/api"
)

var errNotRunning = errors.New("the Consul agent is not running")

// Agent is a Consul agent on ports and in a directory of its own, running or not. Its methods may be called
// concurrently; each waits for the one before.
type Agent struct {
	options Options
	role    role
	binary  string
	dir     string // configuration, data and log
	ports   ports

	mu      sync.Mutex
	process *process // guarded by mu; nil when stopped, killed or closed
}

// Start starts an agent and returns when it answers. The context bounds the start, not the agent's life: call
// [Agent.Close] when done. When the agent must be built first, that takes minutes.
func Start(ctx context.Context, options Options) (*Agent, error) {
	binary, err := options.binary(ctx)
	if err != nil {
		return nil, err
	}
	a, err := newAgent(options, binary)
	if err != nil {
		return nil, err
	}
	if err := a.firstRun(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// newAgent makes an agent with a directory, without ports yet.
func newAgent(options Options, binary string) (*Agent, error) {
	dir, err := os.MkdirTemp("", "consulagent-")
	if err != nil {
		return nil, err
	}
	a := &Agent{options: options, binary: binary, dir: dir, role: development}
	if options.Keep {
		a.role = lone
	}
	return a, nil
}

// Addr is the host and port of the HTTP interface. It is the same for the agent's whole life.
func (a *Agent) Addr() string { return loopback(a.ports.http) }

// API returns a client of the agent, on connections of its own, that sends the token of the options.
func (a *Agent) API() (*api.Client, error) { return a.client(new(http.Transport)) }

func (a *Agent) client(transport *http.Transport) (*api.Client, error) {
	return api.NewClient(&api.Config{
		Address: a.Addr(), Scheme: "http", Token: a.options.Token, Transport: transport,
	})
}

// Stop ends the agent in good order, a paused one too, and kills it when it takes more than 10 seconds. Stopping an
// agent that does not run does nothing.
func (a *Agent) Stop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.end((*process).stop)
}

// Kill ends the agent at once, as a crash would. Killing an agent that does not run does nothing.
func (a *Agent) Kill() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.end((*process).kill)
}

// end needs the lock.
func (a *Agent) end(how func(*process)) {
	if a.process != nil {
		how(a.process)
		a.process = nil
	}
}

// Pause freezes the agent: it keeps its connections and accepts new ones, but answers nothing until Resume.
func (a *Agent) Pause() error { return a.signal(pause) }

// Resume lets a paused agent go on.
func (a *Agent) Resume() error { return a.signal(resume) }

func (a *Agent) signal(send func(*os.Process) error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.process == nil {
		return errNotRunning
	}
	return send(a.process.cmd.Process)
}

// Close stops the agent and removes its directory. A second Close does nothing; a closed agent can't be restarted.
func (a *Agent) Close() error {
	a.Stop()
	return os.RemoveAll(a.dir)
}
