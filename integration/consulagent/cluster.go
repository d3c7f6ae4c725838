package consulagent

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/consul/api"
)

// ClusterOptions say which cluster to start. The zero value is three servers and a client agent in datacenter dc1.
type ClusterOptions struct {
	// Servers is how many elect a leader among them; 0 means 3.
	Servers int

	// Datacenter is its name; "" means dc1.
	Datacenter string

	// JoinWAN is a cluster of another datacenter that this one joins, so that each answers for both.
	JoinWAN *Cluster

	// Agent is for each of the agents. All keep their data, so Keep says nothing here.
	Agent Options
}

// Cluster is the agents of one datacenter: servers, and a client agent that passes questions on to them. Each may be
// stopped, killed, paused and restarted; a restarted server answers as soon as most servers run.
type Cluster struct {
	Servers []*Agent
	Client  *Agent

	options ClusterOptions
}

// StartCluster starts a cluster and returns when all its agents answer, and know the other datacenter if there is one.
// The context bounds the start, not the cluster's life: call [Cluster.Close] when done.
func StartCluster(ctx context.Context, options ClusterOptions) (*Cluster, error) {
	options.Servers = cmp.Or(options.Servers, 3)
	options.Datacenter = cmp.Or(options.Datacenter, "dc1")
	binary, err := options.Agent.binary(ctx)
	if err != nil {
		return nil, err
	}
	c := &Cluster{options: options}
	err = c.make(binary)
	if err == nil {
		err = retryPorts(func() error { return c.firstRun(ctx) })
	}
	if err == nil && options.JoinWAN != nil {
		err = c.awaitWAN(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// make makes the agents, each with a directory.
func (c *Cluster) make(binary string) error {
	for range c.options.Servers {
		a, err := newAgent(c.options.Agent, binary)
		if err != nil {
			return err
		}
		c.Servers = append(c.Servers, a)
	}
	var err error
	c.Client, err = newAgent(c.options.Agent, binary)
	return err
}

// firstRun gives the agents ports, and tells each where the others are, before any of them runs.
func (c *Cluster) firstRun(ctx context.Context) error {
	agents := c.agents()
	picked, err := pickPorts(len(agents))
	if err != nil {
		return err
	}
	for i, a := range agents {
		a.ports = picked[i]
		a.role = c.role(a, picked)
	}
	if err := c.runAll(ctx); err != nil {
		c.killAll()
		return errors.Join(err, c.forget())
	}
	return nil
}

func (c *Cluster) role(of *Agent, all []ports) role {
	r := role{kind: server, servers: c.options.Servers, datacenter: c.options.Datacenter}
	for _, p := range all {
		r.join = append(r.join, loopback(p.serf))
	}
	switch {
	case of == c.Client:
		r.kind = client
	case c.options.JoinWAN != nil:
		for _, s := range c.options.JoinWAN.Servers {
			r.joinWAN = append(r.joinWAN, loopback(s.ports.wan))
		}
	}
	return r
}

// runAll starts all agents at once, for none answers before the others are there. When one fails, no other is waited for.
func (c *Cluster) runAll(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	return c.each(func(a *Agent) error {
		a.mu.Lock()
		defer a.mu.Unlock()
		err := a.run(ctx)
		if err != nil {
			cancel()
		}
		return err
	})
}

// forget removes what agents that failed wrote: their old ports are in it.
func (c *Cluster) forget() error {
	return c.each(func(a *Agent) error { return os.RemoveAll(a.dataDir()) })
}

// Leader returns the server that leads; an error when there is none at the moment.
func (c *Cluster) Leader(ctx context.Context) (*Agent, error) {
	consul, err := c.Client.API()
	if err != nil {
		return nil, err
	}
	addr, err := consul.Status().LeaderWithQueryOptions(new(api.QueryOptions).WithContext(ctx))
	if err != nil {
		return nil, err
	}
	for _, s := range c.Servers {
		if loopback(s.ports.server) == addr {
			return s, nil
		}
	}
	return nil, fmt.Errorf("the cluster's leader is %q, none of its servers", addr)
}

// maxLog is how many bytes of each agent's log are shown of a cluster: one without a leader writes much.
const maxLog = 4 << 10

// Log is the end of what each of the agents wrote since it was started last.
func (c *Cluster) Log() string {
	var text strings.Builder
	for _, a := range c.agents() {
		log := a.Log()
		fmt.Fprintf(&text, "%s, %s:\n%s\n", a.node(), a.Addr(), log[max(0, len(log)-maxLog):])
	}
	return text.String()
}

// Close ends the agents at once and removes their directories. A second Close does nothing.
func (c *Cluster) Close() error {
	c.killAll()
	return c.each((*Agent).Close)
}

func (c *Cluster) killAll() {
	_ = c.each(func(a *Agent) error { a.Kill(); return nil })
}

// agents are those that were made.
func (c *Cluster) agents() []*Agent {
	return slices.DeleteFunc(append(slices.Clone(c.Servers), c.Client), func(a *Agent) bool { return a == nil })
}

// each does something with all agents at the same time.
func (c *Cluster) each(do func(*Agent) error) error {
	agents := c.agents()
	errs := make([]error, len(agents))
	var all sync.WaitGroup
	for i, a := range agents {
		all.Go(func() { errs[i] = do(a) })
	}
	all.Wait()
	return errors.Join(errs...)
}
