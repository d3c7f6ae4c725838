// Package fleet runs what the quickstart shows: replicas of MS2, an MS1 and, where it is asked for, a gateway, as processes
// of their own on loopback ports, that find each other by fixed endpoints or through Consul.
//
// A test outside builds the quickstart and runs the same fleet by [Options.Binary].
package fleet

import (
	"context"
	"net/http"
	"path/filepath"
	"time"

	"ms2.internal/lb/examples/quickstart/child"
)

// Options say what to run.
type Options struct {
	// Dir is where databases, signing keys and logs go. The caller removes it afterwards.
	Dir string

	// Binary is the quickstart's, which all processes are started from; "" means the one that runs now.
	Binary string

	// Replicas is how many replicas of MS2 there are, at least 1.
	Replicas int

	// Retire are SIDs that every replica retires at start.
	Retire []string

	// Attest has the replicas sign attestations and MS1 verify them.
	Attest bool

	// Life is how long an attestation counts; 0 means MS2's default.
	Life time.Duration

	// Pages has MS1 and MS2 serve the page for browsers, and each let the other's call it. The gateway always serves it.
	Pages bool

	// Gateway runs a gateway, too.
	Gateway bool

	// Registry says how MS1 and the gateway find the replicas.
	Registry Registry

	// MS1Environment is more of MS1's environment; it wins.
	MS1Environment []string

	// ReplicaCommand is what the command line of the replica begins with that has this number, the first 1; nil means the
	// subcommand ms2.
	ReplicaCommand func(number int) []string

	// MS1Arguments and ReplicaArguments are further flags of MS1's command line and each replica's; they win.
	MS1Arguments, ReplicaArguments []string
}

// Fleet is the running processes.
type Fleet struct {
	// Replicas are those of MS2.
	Replicas []*Replica

	// MS1 is where orders go, host:port.
	MS1 string

	// Gateway is where the gateway listens, host:port; "" when there is none.
	Gateway string

	options Options
	client  *http.Client
	health  string         // MS1's port for operators
	ms1     *child.Process // nil before its start
	gateway *child.Process // nil before its start, or when there is none
}

// startLimit is how long everything may take to become ready; a second or two is usual.
const startLimit = time.Minute

// Start starts everything and returns once MS1 knows every replica and the gateway answers. The context bounds the start
// alone: close the fleet when done. After an error nothing runs.
func Start(ctx context.Context, o Options) (*Fleet, error) {
	f := &Fleet{options: o, client: &http.Client{Timeout: 2 * time.Second}}
	if err := f.place(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	if err := f.start(ctx); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// place gives everything its address before anything runs, since the services name each other.
func (f *Fleet) place() error {
	addrs, err := FreeAddrs(f.options.Replicas + 3)
	if err != nil {
		return err
	}
	f.MS1, f.health = addrs[0], addrs[1]
	if f.options.Gateway {
		f.Gateway = addrs[2]
	}
	for i, addr := range addrs[3:] {
		f.Replicas = append(f.Replicas, newReplica(f, i+1, addr))
	}
	return nil
}

func (f *Fleet) start(ctx context.Context) error {
	for _, r := range f.Replicas { // all at once, then wait: each fills a database
		if err := r.start(); err != nil {
			return err
		}
	}
	for _, r := range f.Replicas {
		if err := r.awaitHealthy(ctx); err != nil {
			return err
		}
	}
	if err := f.startMS1(); err != nil {
		return err
	}
	if err := f.awaitMS1(ctx); err != nil || !f.options.Gateway {
		return err
	}
	if err := f.startGateway(); err != nil {
		return err
	}
	return f.awaitGateway(ctx)
}

// HealthPage is the URL at which MS1's port for operators shows what its client knows of the replicas.
func (f *Fleet) HealthPage() string { return origin(f.health) + "/" }

// KeysFile is the file of the keys that the replicas sign with; there is one when the fleet attests.
func (f *Fleet) KeysFile() string { return f.path("signing-keys.json") }

// path is that of a file of the fleet.
func (f *Fleet) path(name string) string { return filepath.Join(f.options.Dir, name) }

// endpoints are the addresses of all replicas.
func (f *Fleet) endpoints() []string {
	var addrs []string
	for _, r := range f.Replicas {
		addrs = append(addrs, r.Addr)
	}
	return addrs
}
