package fleet_test

import (
	"context"
	"testing"
	"time"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk"
)

// newClient makes a client whose batches are of one check, as many of them under way as there are checks, and that keeps
// nothing. An attempt may take twice as long as by default: other processes share the machine.
func newClient(t *testing.T, source discovery.Source) *sdk.Client {
	t.Helper()
	config := sdk.Config{
		BatchMax: 1, BatchInflight: 1000, CacheEntries: sdk.Off,
		AttemptTimeout: time.Second, Timeout: 4 * time.Second,
	}
	client, err := sdk.New(config, sdk.WithSource(source))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	return client
}

// newFleet starts ten replicas, and a client that knows them and is ready.
func newFleet(t *testing.T) ([]*replica, *sdk.Client) {
	t.Helper()
	fleet, registry := startReplicas(t, replicas), newRegistry()
	client := newClient(t, registry)
	registry.tell(fleet)
	if err := client.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	return fleet, client
}

// registry is a source of replicas that tells what the test says, for one client.
type registry struct {
	watching chan func(discovery.Snapshot)
}

func newRegistry() *registry { return &registry{watching: make(chan func(discovery.Snapshot), 1)} }

// Watch implements [discovery.Source].
func (r *registry) Watch(ctx context.Context, update func(discovery.Snapshot)) error {
	r.watching <- update
	<-ctx.Done()
	return ctx.Err()
}

// tell has the client know these replicas and no others when it returns.
func (r *registry) tell(fleet []*replica) {
	instances := make([]discovery.Instance, len(fleet))
	for i, replica := range fleet {
		instances[i] = discovery.Instance{ID: replica.addr, Addr: replica.addr, Weight: 1}
	}
	update := <-r.watching
	update(discovery.Snapshot{Instances: instances, Source: "test", At: time.Now()})
	r.watching <- update
}
