package consul

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"

	"ms2.internal/lb/discovery"
)

// Source tells of the replicas of one service in Consul. Make it with [New]. It is safe for concurrent use: each call of
// Watch asks the agent on its own, and none depends on another's fate; the limit of 10 queries a second they share.
type Source struct {
	agent *agent
	sites []site // the first and then those to fail over to
}

// New checks the configuration and reads what it names (token file, certificates), but does not ask the agent yet: an
// agent that is down now is found by Watch once it is up. The error names every bad field at once.
func New(config Config) (*Source, error) {
	config = config.withDefaults()
	if err := config.validate(); err != nil {
		return nil, fmt.Errorf("consul source: %w", err)
	}
	agent, err := newAgent(config.API)
	if err != nil {
		return nil, fmt.Errorf("consul source: client of the agent: %w", err)
	}
	return &Source{agent: agent, sites: sites(&config, agent)}, nil
}

// sites are the datacenters of config, in its order.
func sites(config *Config, agent *agent) []site {
	first := config.Datacenter
	if config.API != nil {
		first = cmp.Or(first, config.API.Datacenter)
	}
	list := []site{{config: config, agent: agent, datacenter: first, mapping: mapping{meta: config.Meta}}}
	for _, name := range config.Failover {
		m := mapping{meta: config.Meta, prefix: url.PathEscape(name) + "/"}
		list = append(list, site{config: config, agent: agent, datacenter: name, mapping: m})
	}
	return list
}

// Watch implements [discovery.Source]. It calls update from the caller's goroutine after each answer that is believed,
// when a probe found something, and when the agent cannot be asked: then with Err, and for the same error not more often
// than every 10 s. Err is also set while the servers have been without a leader for more than 15 s, and while instances
// are missing that Consul hides from the token; the set stays in use.
//
// Detail always holds "service", "agent" and "datacenter", the one in use; "index", where the agent's answers stand;
// "confirmations", how often an answer was doubted and asked for again; "probes", and "restarts", how often they found the
// watch stuck. Where it applies: "grace", while a set is held though the service was found empty; "masked", when Consul
// hides or may hide instances; "stale", why changes can't be seen; "last_error", with its time, kept when it is over;
// "token", what is wrong with the token file; "last_contact", how long ago the answering server heard from its leader;
// "failover", why the first datacenter is not in use.
func (s *Source) Watch(ctx context.Context, update func(discovery.Snapshot)) error {
	if s.agent == nil {
		return errors.New("consul source: made without New")
	}
	// What another call of Watch holds idle goes too, and is dialled again.
	defer s.agent.http.CloseIdleConnections()
	if len(s.sites) == 1 {
		newWatcher(s.sites[0], update).run(ctx)
	} else {
		newFailover(s.sites, update).run(ctx)
	}
	return ctx.Err()
}
