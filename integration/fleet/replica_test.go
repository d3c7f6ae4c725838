package fleet_test

import (
	"context"
	"io"
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

	// service is how long a slot is taken by a request, on average; each takes half as long to half as long again.
	service = 20 * time.Millisecond

	// slowness is how many times as long a slow one takes.
	slowness = 10
)

// health is what a replica does with a request.
type health int32

const (
	healthy   health = iota
	slow             // takes ten times as long
	failing          // 500 at once
	faltering        // 500 at once, every other time
	silent           // never answers
	shedding         // 503 with Retry-After at once
)

func (h health) String() string {
	return [...]string{"healthy", "slow", "failing", "faltering", "silent", "shedding"}[h]
}

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

// coldService is how long a slot is taken by a request while the replica is cold.
const coldService = 200 * time.Millisecond

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

// ServeHTTP implements [http.Handler].
func (r *replica) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	number := r.requests.Add(1)
	r.neglect.end()
	defer r.crowd.enter()()
	defer r.all.enter()()
	switch h := health(r.health.Load()); {
	case h == failing, h == faltering && number%2 == 0:
		protocol.WriteProblem(w, protocol.Problem{Status: http.StatusInternalServerError})
	case h == silent:
		_, _ = io.Copy(io.Discard, req.Body) // only then the server sees the client go
		<-req.Context().Done()
	case h == shedding:
		w.Header().Set("Retry-After", "1")
		protocol.WriteProblem(w, protocol.Problem{Status: http.StatusServiceUnavailable})
	default:
		r.next.ServeHTTP(w, req)
	}
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

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
