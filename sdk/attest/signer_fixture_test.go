package attest_test

import (
	"crypto"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"ms2.internal/lb/sdk/attest"
	"ms2.internal/lb/sdk/protocol"
)

// one is what most tests sign.
var one = attest.Item{SID: "usb:046d:c52b", Kind: "product", Version: "3"}

// keyOf generates a key with an ID of its own that may sign at once.
func keyOf(t testing.TB, id, algorithm string) attest.SigningKey {
	t.Helper()
	k, err := attest.GenerateKey(algorithm)
	if err != nil {
		t.Fatal(err)
	}
	k.ID, k.From = id, time.Time{}
	return k
}

// signerOf has the keys, or what the options say.
func signerOf(t testing.TB, o attest.SignerOptions, keys ...attest.SigningKey) *attest.Signer {
	t.Helper()
	o.Issuer, o.Audience, o.Keys = "ms2", "ms1", keys
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	s, err := attest.NewSigner(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// rotate replaces the set of s.
func rotate(t testing.TB, s *attest.Signer, keys ...attest.SigningKey) {
	t.Helper()
	if err := s.Rotate(keys...); err != nil {
		t.Fatal(err)
	}
}

// sign is a token for one SID.
func sign(t testing.TB, s *attest.Signer) string {
	t.Helper()
	token, err := s.Sign("", one)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// served is the answer of s to a request for its keys.
func served(s *attest.Signer, method string, headers ...string) *http.Response {
	r := httptest.NewRequest(method, protocol.PathKeys, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.Keys().ServeHTTP(w, r)
	return w.Result()
}

// publishedSet is what s publishes, as go-jose reads it.
func publishedSet(t testing.TB, s *attest.Signer) jose.JSONWebKeySet {
	t.Helper()
	var set jose.JSONWebKeySet
	if err := json.NewDecoder(served(s, http.MethodGet).Body).Decode(&set); err != nil {
		t.Fatal(err)
	}
	return set
}

// publishes compares the IDs that s publishes.
func publishes(t testing.TB, s *attest.Signer, want ...string) {
	t.Helper()
	var got []string
	for _, k := range publishedSet(t, s).Keys {
		got = append(got, k.KeyID)
	}
	if !slices.Equal(got, want) {
		t.Errorf("published are %v, not %v", got, want)
	}
}

// signsBy compares the key of a token, and verifies the token by the published set.
func signsBy(t testing.TB, s *attest.Signer, want string) {
	t.Helper()
	token := sign(t, s)
	if got := joseOf(t, token).Signatures[0].Header.KeyID; got != want {
		t.Errorf("signed by %s, not %s", got, want)
	}
	verified(t, token, publishedSet(t, s))
}

// joseOf is a token as go-jose reads it.
func joseOf(t testing.TB, token string) *jose.JSONWebSignature {
	t.Helper()
	jws, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.EdDSA, jose.ES256})
	if err != nil {
		t.Fatal(err)
	}
	return jws
}

// verified is the payload of a token, verified by go-jose with the key of a set that it names.
func verified(t testing.TB, token string, set jose.JSONWebKeySet) []byte {
	t.Helper()
	payload, err := joseOf(t, token).Verify(set)
	if err != nil {
		t.Fatalf("go-jose refuses %s: %v", token, err)
	}
	return payload
}

// claimsOf are the claims of a token that the published set verifies.
func claimsOf(t testing.TB, s *attest.Signer, token string) protocol.Claims {
	t.Helper()
	claims, err := protocol.DecodeClaims(verified(t, token, publishedSet(t, s)))
	if err != nil {
		t.Fatal(err)
	}
	return claims
}

// log keeps what was logged.
type log struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// take returns what was logged since the last take.
func (l *log) take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.text.Reset()
	return l.text.String()
}

func (l *log) logger() *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }

// public is the public half of a key.
func public(k attest.SigningKey) crypto.PublicKey { return k.Private.Public() }
