package fleet_test

import (
	"context"
	"math/rand/v2"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"ms2.internal/lb/sdk/protocol"
)

const (
	// replicas is how many there are when all are there.
	replicas = 10

	// slots is how many requests a replica serves at once; the others wait for their turn.
	slots = 2

	// coldService is how long a slot is taken by a request while the replica is cold.
	coldService = 200 * time.Millisecond
)

// replica is a server of MS2 on a socket of its own.
type replica struct {
	addr   string
	server *http.Server
	next   http.Handler
	slots  chan struct{}

	health   atomic.Int32
	cold     atomic.Int64 // requests that are still to be served in coldService each
	requests atomic.Int64 // that arrived
	crowd    *crowd       // of this one
	all      *crowd       // of all replicas
	neglect  neglect
}

// startReplicas starts servers, which run until the test is over.
func startReplicas(t *testing.T, count int) []*replica {
	t.Helper()
	fleet, all := make([]*replica, count), &crowd{}
	for i := range fleet {
		fleet[i] = startReplica(t, all)
	}
	return fleet
}

func startReplica(t *testing.T, all *crowd) *replica {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &replica{addr: listener.Addr().String(), slots: make(chan struct{}, slots), crowd: &crowd{}, all: all}
	r.next = protocol.NewHandler(r, protocol.HandlerOptions{})
	r.server = &http.Server{Handler: r, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = r.server.Serve(listener) }() // its error is Close's
	t.Cleanup(r.vanish)
	return r
}

// vanish ends the server with all its connections; whoever dials it from then on is refused.
func (r *replica) vanish() { _ = r.server.Close() }

// turn changes the replica's health, for the requests that arrive from now on.
func (r *replica) turn(to health) {
	r.health.Store(int32(to))
	r.neglect.turn(to == healthy)
}

// Lookup implements [protocol.Store]: it waits for a slot, and takes it for as long as the service lasts.
func (r *replica) Lookup(ctx context.Context, sids []string) (map[string]protocol.Entity, error) {
	select {
	case r.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-r.slots }()
	if err := pause(ctx, r.serviceTime()); err != nil {
		return nil, err
	}
	found := make(map[string]protocol.Entity, len(sids))
	for _, sid := range sids {
		if genuine(sid) {
			found[sid] = protocol.Entity{Kind: "product", Version: "1"}
		}
	}
	return found, nil
}

func (r *replica) serviceTime() time.Duration {
	switch {
	case r.cold.Add(-1) >= 0:
		return coldService
	case health(r.health.Load()) == slow:
		return slowness * service
	}
	return service/2 + rand.N(service)
}

// genuine is the rule by which SIDs are valid.
func genuine(sid string) bool { return (sid[len(sid)-1]-'0')%2 == 0 }
