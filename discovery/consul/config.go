package consul

import (
	"cmp"
	"slices"
	"time"

	"github.com/hashicorp/consul/api"
)

const (
	defaultWait       = 60 * time.Second
	defaultEmptyGrace = 10 * time.Second
)

// Config says what to watch and how. Only Service is required.
type Config struct {
	// Service is the name of the service in Consul, without a slash.
	Service string

	// Datacenter is where to look first: up to 64 letters, digits, - and _. Empty means API's, or else the agent's own.
	Datacenter string

	// Failover lists up to 8 other datacenters, best first. Each is watched all the time, so that its set is at hand. The
	// first datacenter of Datacenter and these that has a usable instance is in use; a better one is returned to as soon as
	// it has one again. One that has told of no set is waited for 3 s after the start. A datacenter that can't be asked
	// any more keeps its last set and stays in use.
	Failover []string

	// Tags are what every instance must have, all of them: up to 16, of up to 255 bytes each. None means any instance.
	Tags []string

	// Filter is an expression in Consul's filter language that every instance must meet, up to 4096 bytes, for example
	// "v2" in Service.Tags or Node.Meta.rack != "r7". The servers read it, so that a mistake in it shows as an error of Watch.
	// Empty means none. Never make it of what a stranger can write.
	Filter string

	// Near is the name of a node, or "_agent", that the answer is to be sorted by, up to 255 bytes; empty means none. The
	// order itself makes no difference here. What does: a query with Near is never answered from the agent's stream but by
	// the servers, which brings a change sooner (4 ms in place of 80 in a cluster) at their cost.
	Near string

	// Meta names the metadata of a service that comes along in [discovery.Instance.Meta], up to 64 names. None means none:
	// an instance that writes the time into its metadata must not count as changed each time. The zone needs no name here.
	Meta []string

	// Wait is how long the agent may hold a query while nothing changes: 1 s to 10 min, 0 means 60 s.
	// Each query asks for 80 to 100 % of it, so that a fleet of clients does not ask in step.
	Wait time.Duration

	// EmptyGrace is how long the last good set stays in use after the service was found, and confirmed, to have no
	// usable instance: up to 1 h, 0 means 10 s.
	EmptyGrace time.Duration

	// TrustEmpty lets empty mean empty at once: no confirmation and no grace. For a service that goes to zero in its normal
	// life, behind an agent that is known to tell the truth. With ACLs on an empty answer is confirmed all the same, and
	// never believed while Consul says that it hides something.
	TrustEmpty bool

	// API is the client's own configuration: address, token, TLS, datacenter. Nil means [api.DefaultConfig], which reads
	// the CONSUL_ variables of the environment. It is copied, and a Transport in it cloned. Of an HttpClient in it only the
	// transport is used; its idle connections are closed when a query fails and when Watch returns. A token file is read
	// again for each query, the files of a client certificate at each handshake.
	API *api.Config
}

// withDefaults fills in what was left out, and takes copies of what the caller could change.
func (c Config) withDefaults() Config {
	c.Wait = cmp.Or(c.Wait, defaultWait)
	c.EmptyGrace = cmp.Or(c.EmptyGrace, defaultEmptyGrace)
	c.Failover, c.Tags, c.Meta = slices.Clone(c.Failover), slices.Clone(c.Tags), slices.Clone(c.Meta)
	return c
}
