package pages_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ms2.internal/lb/examples/ms2/catalog"
	"ms2.internal/lb/examples/ms2/catalog/catalogtest"
	"ms2.internal/lb/examples/ms2/pages"
	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/attest"
	"ms2.internal/lb/sdk/protocol"
)

const (
	vendor  = "usb:046d"
	product = "usb:046d:c52b"
)

// ms2 is the pages under test.
type ms2 struct {
	t       *testing.T
	store   *catalog.Catalog
	options pages.Options
	handler http.Handler
	signer  *attest.Signer
}

// newMS2 has pages with attestations of ten minutes, but for what change makes of it.
func newMS2(t *testing.T, change func(*pages.Options)) *ms2 {
	t.Helper()
	key, err := attest.GenerateKey(attest.EdDSA)
	if err != nil {
		t.Fatal(err)
	}
	m := &ms2{t: t, store: catalogtest.Open(t)}
	m.signer, err = attest.NewSigner(attest.SignerOptions{Issuer: "ms2", Audience: "ms1", Keys: []attest.SigningKey{key}})
	if err != nil {
		t.Fatal(err)
	}
	m.options = pages.Options{Signer: m.signer, Life: 10 * time.Minute, Age: time.Minute, NegativeAge: time.Second, Log: slog.New(slog.DiscardHandler)}
	change(&m.options)
	m.handler = pages.Handler(m.store, m.options)
	return m
}

func asItIs(*pages.Options) {}

func (m *ms2) get(path string, header ...string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	m.handler.ServeHTTP(w, r)
	return w
}

// list reads a list.
func (m *ms2) list(query string, header ...string) []catalog.Entity {
	m.t.Helper()
	var page struct{ Entities []catalog.Entity }
	w := m.get("/v1/entities?"+query, header...)
	if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil || w.Code != http.StatusOK {
		m.t.Fatalf("%s: %d %s, %v", query, w.Code, w.Body, err)
	}
	return page.Entities
}

// verify returns what a token says to a user's service.
func (m *ms2) verify(token, user string) (*sdk.Attestation, error) {
	m.t.Helper()
	v, err := attest.NewVerifier(attest.VerifierOptions{Issuer: "ms2", Audience: "ms1", KeysFile: m.keysFile()})
	if err == nil {
		err = v.Open(sdk.AttestationSetup{})
	}
	if err != nil {
		m.t.Fatal(err)
	}
	return v.Verify(token, user)
}

// keysFile has the keys that MS2 publishes.
func (m *ms2) keysFile() string {
	m.t.Helper()
	w := httptest.NewRecorder()
	m.signer.Keys().ServeHTTP(w, httptest.NewRequest("GET", protocol.PathKeys, nil))
	file := filepath.Join(m.t.TempDir(), "keys.json")
	if err := os.WriteFile(file, w.Body.Bytes(), 0o600); err != nil {
		m.t.Fatal(err)
	}
	return file
}
