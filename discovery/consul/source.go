package consul

import (
	"context"
	"errors"
	"fmt"

	"ms2.internal/lb/discovery"
)

// Source tells of the replicas of one service in Consul. Make it with [New]. It is safe for concurrent use: each call of
// Watch asks the agent on its own, and none depends on another's fate.
type Source struct {
	config Config
	agent  *agent
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
	return &Source{config: config, agent: agent}, nil
}

// Watch implements [discovery.Source]. It calls update from the caller's goroutine after each answer that is believed,
// and when the agent cannot be asked: then with Err, and for the same error not more often than every 10 s.
//
// Detail holds "service" and "agent"; "index", where the agent's answers stand; "confirmations", how often an answer was
// doubted and asked for again; "grace", while a set is held though the service was found empty; "last_contact", how long
// ago the answering server heard from its leader, when the agent says so.
func (s *Source) Watch(ctx context.Context, update func(discovery.Snapshot)) error {
	if s.agent == nil {
		return errors.New("consul source: made without New")
	}
	// What another call of Watch holds idle goes too, and is dialled again.
	defer s.agent.http.CloseIdleConnections()
	w := newWatcher(s, update)
	for ctx.Err() == nil {
		w.round(ctx)
	}
	return ctx.Err()
}
