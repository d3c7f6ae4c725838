// Package fleet runs what the quickstart shows: replicas of MS2 and an MS1, as processes of their own on loopback ports,
// that find each other by fixed endpoints or through Consul.
package fleet

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"time"

	"ms2.internal/lb/examples/quickstart/child"
)

// Options say what to run.
type Options struct {
	// Dir is where databases and logs go. The caller removes it afterwards.
	Dir string

	// Replicas is how many replicas of MS2 there are.
	Replicas int

	// Retire are SIDs that every replica retires at start.
	Retire []string

	// Attest has the replicas sign attestations and MS1 verify them.
	Attest bool

	// Registry says how MS1 finds the replicas.
	Registry Registry
}

// Fleet is the running processes.
type Fleet struct {
	// Replicas are those of MS2.
	Replicas []*Replica

	// MS1 is where orders go, host:port.
	MS1 string

	options Options
	client  *http.Client
	health  string // MS1's port for operators
	ms1     *child.Process
}

// startLimit is how long everything may take to become ready; a second or two is usual.
const startLimit = time.Minute

// Start starts everything and returns once MS1 knows every replica. The context bounds the start alone: close the fleet
// when done. After an error nothing runs.
func Start(ctx context.Context, o Options) (*Fleet, error) {
	f := &Fleet{options: o, client: &http.Client{Timeout: 2 * time.Second}}
	for i := range o.Replicas {
		f.Replicas = append(f.Replicas, newReplica(f, i+1))
	}
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	if err := f.start(ctx); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
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
	return f.awaitReplicas(ctx)
}

func (f *Fleet) startMS1() error {
	var err error
	if f.MS1, err = freeAddr(); err != nil {
		return err
	}
	if f.health, err = freeAddr(); err != nil {
		return err
	}
	var endpoints []string
	for _, r := range f.Replicas {
		endpoints = append(endpoints, r.Addr)
	}
	environment := f.options.Registry.ms1Environment(endpoints)
	args := []string{"ms1", "-listen", f.MS1, "-health", f.health, "-db", filepath.Join(f.options.Dir, "ms1.db")}
	if f.options.Attest {
		args = append(args, "-audience", "ms1")
		environment = append(environment, "MS2_KEYS_INSECURE=on") // all of it is on this machine
	}
	f.ms1, err = child.Start("MS1", filepath.Join(f.options.Dir, "ms1.log"), environment, args...)
	return err
}

// awaitReplicas waits until MS1 knows every replica.
func (f *Fleet) awaitReplicas(ctx context.Context) error {
	err := poll(ctx, f.ms1, func() bool {
		stats, err := f.Stats(ctx)
		return err == nil && stats.Ready && stats.Discovery.Instances == len(f.Replicas)
	})
	if err != nil {
		return fmt.Errorf("waiting for MS1 to find %d replicas: %w", len(f.Replicas), err)
	}
	return nil
}
