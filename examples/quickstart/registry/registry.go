// Package registry settles how the quickstart's processes find the replicas: by fixed endpoints, through a Consul agent of
// the show's own, or through one that is there.
package registry

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"strings"

	"ms2.internal/lb/examples/quickstart/fleet"
	"ms2.internal/lb/integration/consulagent"
)

// The values of [Choice.Consul] that are no addresses.
const (
	// Dev starts a real Consul agent for as long as the processes run.
	Dev = "dev"

	// Off means fixed endpoints.
	Off = "off"
)

// Choice is what the user wants. The zero Choice means fixed endpoints.
type Choice struct {
	// Consul is the address of the agent, as CONSUL_HTTP_ADDR has it, Dev or Off; "" is the same as Off.
	Consul string

	// From is who says so, for errors: a flag, or a variable of the environment.
	From string
}

// Open makes the choice work, or says within seconds why it can't. Building the agent for Dev takes minutes, once; progress
// is told of it. Call end when the processes are gone.
func (c Choice) Open(ctx context.Context, progress io.Writer) (r fleet.Registry, end func(), err error) {
	nothing := func() {}
	if c.Consul == "" || c.Consul == Off {
		return r, nothing, nil
	}
	// The name is one that nobody else has: in a Consul that is in use there may be another MS2.
	r = fleet.Registry{Consul: c.Consul, Service: "ms2-quickstart-" + strings.ToLower(rand.Text()[:8])}
	if c.Consul != Dev {
		return r, nothing, c.ask(ctx)
	}
	agent, err := consulagent.Start(ctx, consulagent.Options{Progress: progress})
	if err != nil {
		return r, nothing, err
	}
	r.Consul, r.Own = agent.Addr(), true
	return r, func() { _ = agent.Close() }, nil // at worst its directory stays
}

// With makes the choice work while use runs, as [Choice.Open] does, with a directory for what a fleet writes. It leaves neither an agent
// nor a file behind.
func (c Choice) With(ctx context.Context, progress io.Writer, use func(dir string, found fleet.Registry) error) (err error) {
	dir, remove, err := fleet.TemporaryDir()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	found, end, err := c.Open(ctx, progress)
	if err != nil {
		return err
	}
	defer end()
	return use(dir, found)
}

// Words say how MS1 finds the replicas.
func Words(r fleet.Registry) string {
	switch {
	case r.Consul == "":
		return "MS1 is told their addresses"
	case r.Own:
		return "MS1 finds them through a Consul of their own"
	}
	return "MS1 finds them through the Consul on " + r.Consul
}
