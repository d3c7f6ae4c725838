package demo

import (
	"context"
	"crypto/rand"
	"strings"

	"ms2.internal/lb/examples/quickstart/fleet"
	"ms2.internal/lb/integration/consulagent"
)

// Dev, for [Options.Consul], starts a real Consul agent for the show.
const Dev = "dev"

// registry is how MS1 finds the replicas. Call end when they are gone.
func (o Options) registry(ctx context.Context) (r fleet.Registry, end func(), err error) {
	// The name is one that nobody else has: in a Consul that is in use there may be another MS2.
	r = fleet.Registry{Consul: o.Consul, Service: "ms2-quickstart-" + strings.ToLower(rand.Text()[:8])}
	if o.Consul != Dev {
		return r, func() {}, nil
	}
	agent, err := consulagent.Start(ctx, consulagent.Options{Progress: o.Out})
	if err != nil {
		return r, nil, err
	}
	r.Consul, r.Own = agent.Addr(), true
	return r, func() { _ = agent.Close() }, nil // at worst its directory stays
}
