// Package sdktest gives the tests of services that import the SDK a client over an MS2 in the same process, so that they
// need neither network nor Consul, and can try what happens when MS2 is down.
//
// The MS2 is the real handler of the wire contract over an in-memory network, asked through the real path of a check. It
// works inside a bubble of testing/synctest.
//
// Data that comes with attestations is tried by [MS2.Attest], [MS2.Forged] and [MS2.Expired], whose tokens go where real ones do: into
// the header MS2-Attestation, or [sdk.AttestedBy].
package sdktest

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/internal/memnet"
	"ms2.internal/lb/sdk/protocol"
)

// MS2 is an MS2 in the same process. Its methods may be called concurrently.
type MS2 struct {
	client   *sdk.Client
	listener *memnet.Listener
	attested *attestations
	requests atomic.Int64

	mu   sync.Mutex
	sids map[string]protocol.Entity // guarded by mu
}

// addr is where the replica is, on a network of its own.
const addr = "ms2.test:80"

// New starts an MS2 that calls each SID of the map valid or invalid, and all others invalid, and a client of it. Both end
// with the test.
//
// Verdicts are not cached, so that a change shows at once. A check that meets an MS2 which is down fails within
// milliseconds, and the next one after it is up again succeeds: there is no circuit breaker.
func New(t testing.TB, sids map[string]bool) *MS2 {
	t.Helper()
	network := &memnet.Network{}
	m := &MS2{listener: network.Listen(addr), attested: newAttestations(), sids: map[string]protocol.Entity{}}
	for sid, valid := range sids {
		m.Set(sid, valid)
	}
	server := &http.Server{Handler: m.counted(protocol.NewHandler(store{m}, protocol.HandlerOptions{}))}
	go server.Serve(m.listener) //nolint:errcheck // it ends with Close
	transport := &http.Transport{DialContext: network.DialContext}
	client, err := sdk.New(sdk.Config{
		Endpoints:       []string{addr},
		Attempts:        2,
		RetryBackoff:    time.Millisecond,
		BreakerFailures: sdk.Off,
	}, sdk.WithTransport(func(http.RoundTripper) http.RoundTripper { return transport }), sdk.WithAttestations(m.attested))
	if err != nil {
		t.Fatalf("sdktest: %v", err)
	}
	m.client = client
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Errorf("sdktest: %v", err)
		}
		transport.CloseIdleConnections()
		server.Close()
	})
	return m
}

// Client is the client to give to the code under test.
func (m *MS2) Client() *sdk.Client { return m.client }

// SetDown makes MS2 unreachable, or reachable again. Requests under way fail.
func (m *MS2) SetDown(down bool) { m.listener.SetDown(down) }

// Set changes what MS2 says of a SID. A valid one has neither kind nor version.
func (m *MS2) Set(sid string, valid bool) { m.SetEntity(sid, protocol.Entity{Retired: !valid}) }

// SetEntity has MS2 know the entity, and tell its kind and version.
func (m *MS2) SetEntity(sid string, e protocol.Entity) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sids[sid] = e
}

// Requests counts the HTTP requests that reached MS2.
func (m *MS2) Requests() int { return int(m.requests.Load()) }

func (m *MS2) counted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.requests.Add(1)
		next.ServeHTTP(w, r)
	})
}

// store answers from the map.
type store struct{ *MS2 }

// Lookup returns the known ones of sids.
func (s store) Lookup(_ context.Context, sids []string) (map[string]protocol.Entity, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := map[string]protocol.Entity{}
	for _, sid := range sids {
		if e, known := s.sids[sid]; known {
			found[sid] = e
		}
	}
	return found, nil
}
