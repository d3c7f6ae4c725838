package service

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ms2.internal/lb/examples/login"
	"ms2.internal/lb/examples/ms1/orders"
	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/attest"
	"ms2.internal/lb/sdk/protocol"
)

// catalogue is what the MS2 of a test knows: two vendors with two products each.
type catalogue map[string]string

var known = catalogue{
	"usb:046d": "vendor", "usb:046d:c52b": "product", "usb:046d:c077": "product",
	"usb:1d6b": "vendor", "usb:1d6b:0002": "product", "usb:1d6b:0003": "product",
}

func (c catalogue) Lookup(_ context.Context, sids []string) (map[string]protocol.Entity, error) {
	found := map[string]protocol.Entity{}
	for _, sid := range sids {
		if kind, ok := c[sid]; ok {
			found[sid] = protocol.Entity{Kind: kind, Version: "1"}
		}
	}
	return found, nil
}

// world is an MS2, an MS1 that really checks and stores, and the gateway before both.
type world struct {
	ms2, ms1, gateway *httptest.Server
	store             *orders.Store
	checks, pages     atomic.Int64 // requests at MS2, the second by the gateway
	client            *sdk.Client  // MS1's
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{}
	log := slog.New(slog.DiscardHandler)
	key, err := attest.GenerateKey(attest.EdDSA)
	ok(t, err)
	key.From = time.Time{} // at once
	signer, err := attest.NewSigner(attest.SignerOptions{Issuer: "ms2", Audience: "ms1", Keys: []attest.SigningKey{key}, Logger: log})
	ok(t, err)
	w.ms2 = httptest.NewServer(w.routesOfMS2(signer))
	t.Cleanup(w.ms2.Close)

	verifier, err := attest.NewVerifier(attest.VerifierOptions{Issuer: "ms2", Audience: "ms1"})
	ok(t, err)
	w.client = newClient(t, w.ms2, sdk.WithAttestations(verifier))
	guard, err := orders.Guard(w.client, log)
	ok(t, err)
	w.store, err = orders.OpenStore(t.Context(), filepath.Join(t.TempDir(), "ms1.db"))
	ok(t, err)
	t.Cleanup(func() { w.store.Close() })
	w.ms1 = httptest.NewServer(orders.Handler(guard, func() int64 { return w.client.Stats().Attempts }, w.store, log))
	t.Cleanup(w.ms1.Close)
	w.gateway = gateway(t, w.ms1.URL, newClient(t, w.ms2).RoundTripper())
	return w
}

func newClient(t *testing.T, ms2 *httptest.Server, opts ...sdk.Option) *sdk.Client {
	t.Helper()
	c, err := sdk.New(sdk.Config{Endpoints: []string{ms2.Listener.Addr().String()}, KeysInsecure: true}, opts...)
	ok(t, err)
	t.Cleanup(func() { c.Close() })
	return c
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// routesOfMS2 are its doors, and pages as MS2's are.
func (w *world) routesOfMS2(signer *attest.Signer) http.Handler {
	wire := protocol.NewHandler(known, protocol.HandlerOptions{Attester: signer})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/entities/{sid}", func(rw http.ResponseWriter, r *http.Request) {
		w.pages.Add(1)
		rw.Header().Set("Vary", login.Header)
		rw.Header().Set("Cache-Control", "public, max-age=60")
		sid := r.PathValue("sid")
		if known[sid] == "" {
			protocol.WriteProblem(rw, protocol.Problem{Type: protocol.ProblemUnknownSID, Status: http.StatusNotFound, SIDs: []string{sid}})
			return
		}
		if r.URL.Query().Get("attest") == "1" {
			if err := protocol.Attach(rw.Header(), signer, login.User(r), protocol.Attested{SID: sid, Kind: known[sid], Version: "1"}); err != nil {
				panic(err)
			}
		}
		fmt.Fprintf(rw, `{"sid":%q}`, sid)
	})
	mux.HandleFunc("/", func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/v1/") {
			w.checks.Add(1)
		}
		wire.ServeHTTP(rw, r)
	})
	return mux
}

// line is a line of an order: a product and its vendor.
type line struct{ product, vendor string }

func body(t *testing.T, lines ...line) string {
	t.Helper()
	order := orders.Order{Customer: "Ada", Source: orders.Fetched}
	for _, l := range lines {
		order.Lines = append(order.Lines, orders.Line{Product: orders.Product{SID: l.product}, Vendor: orders.Vendor{SID: l.vendor}, Quantity: 1})
	}
	text, err := json.Marshal(order)
	ok(t, err)
	return string(text)
}

// stored is how many orders MS1's database has.
func (w *world) stored(t *testing.T) int {
	t.Helper()
	n, err := w.store.Count(t.Context())
	ok(t, err)
	return n
}
