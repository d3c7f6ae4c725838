package attestation_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/attest"
	"ms2.internal/lb/sdk/protocol"
)

// world is one replica of MS2 on loopback, and a client of it.
type world struct {
	*testing.T
	signer   *attest.Signer
	client   *sdk.Client
	keys     atomic.Int64 // requests for keys that the replica served
	requests atomic.Int64 // all others
}

// known is a store of the SIDs that begin with "sid-".
type known struct{}

func (known) Lookup(_ context.Context, sids []string) (map[string]protocol.Entity, error) {
	found := map[string]protocol.Entity{}
	for _, sid := range sids {
		if strings.HasPrefix(sid, "sid-") {
			found[sid] = protocol.Entity{Kind: "product", Version: "3"}
		}
	}
	return found, nil
}

func newWorld(t *testing.T) *world {
	t.Helper()
	key, err := attest.GenerateKey(attest.EdDSA)
	if err != nil {
		t.Fatal(err)
	}
	quiet := slog.New(slog.DiscardHandler)
	w := &world{T: t}
	w.signer, err = attest.NewSigner(attest.SignerOptions{Issuer: "ms2", Audience: "ms1", Keys: []attest.SigningKey{key}, Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	replica := protocol.NewHandler(known{}, protocol.HandlerOptions{MaxAge: time.Hour, Attester: w.signer, Logger: quiet})
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == protocol.PathKeys {
			w.keys.Add(1)
		} else {
			w.requests.Add(1)
		}
		replica.ServeHTTP(rw, r)
	}))
	t.Cleanup(server.Close)
	w.connect(strings.TrimPrefix(server.URL, "http://"))
	return w
}

// connect makes the client, and waits until it has the keys.
func (w *world) connect(addr string) {
	w.Helper()
	v, err := attest.NewVerifier(attest.VerifierOptions{Issuer: "ms2", Audience: "ms1"})
	if err != nil {
		w.Fatal(err)
	}
	cfg := sdk.Config{Endpoints: []string{addr}, KeysInsecure: true, Timeout: time.Minute, AttemptTimeout: 20 * time.Second}
	if w.client, err = sdk.New(cfg, sdk.WithAttestations(v)); err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() {
		if err := w.client.Close(); err != nil {
			w.Error(err)
		}
	})
	for deadline := time.Now().Add(30 * time.Second); len(w.stats().Keys.IDs) == 0; <-time.After(time.Millisecond) {
		if time.Now().After(deadline) {
			w.Fatalf("no keys: %+v", w.stats().Keys)
		}
	}
}

func (w *world) stats() *sdk.AttestationStats { return w.client.Stats().Attestations }

// token vouches for a SID.
func (w *world) token(sid string) string {
	token, err := w.signer.Sign("", attest.Item{SID: sid, Kind: "product", Version: "3"})
	if err != nil {
		w.Error(err)
	}
	return token
}
