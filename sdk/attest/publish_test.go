package attest_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/sdk/attest"
	"ms2.internal/lb/sdk/protocol"
)

func TestThePublishedSetHasTheMembersOfTheRFCsAndTheIssuer(t *testing.T) {
	s := signerOf(t, attest.SignerOptions{}, keyOf(t, "b", attest.ES256), keyOf(t, "a", attest.EdDSA))
	var set struct {
		Keys   []map[string]string `json:"keys"`
		Issuer string              `json:"ms2_issuer"`
	}
	d := json.NewDecoder(served(s, http.MethodGet).Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&set); err != nil || set.Issuer != "ms2" || len(set.Keys) != 2 {
		t.Fatalf("%+v, %v", set, err)
	}
	for i, want := range []map[string]string{
		{"kty": "OKP", "crv": "Ed25519", "kid": "a", "alg": "EdDSA", "use": "sig", "x": set.Keys[0]["x"]},
		{"kty": "EC", "crv": "P-256", "kid": "b", "alg": "ES256", "use": "sig", "x": set.Keys[1]["x"], "y": set.Keys[1]["y"]},
	} {
		if !maps.Equal(set.Keys[i], want) || len(want["x"]) != 43 {
			t.Errorf("%v is not %v", set.Keys[i], want)
		}
	}
}

func TestThePublicKeysOfASetAreWrittenAsTheyAreServed(t *testing.T) {
	a, b := keyOf(t, "a", attest.EdDSA), keyOf(t, "b", attest.ES256)
	want, _ := io.ReadAll(served(signerOf(t, attest.SignerOptions{}, b, a), http.MethodGet).Body)
	got, err := attest.MarshalPublicKeys("ms2", b, attest.SigningKey{ID: "c", Withdrawn: true}, a)
	if err != nil || string(got) != string(want) {
		t.Errorf("%s, want %s: %v", got, want, err)
	}
	if got, err := attest.MarshalPublicKeys("", a); err != nil || strings.Contains(string(got), "issuer") || strings.Contains(string(got), `"d"`) {
		t.Errorf("%s, %v", got, err)
	}
	for _, bad := range [][]attest.SigningKey{nil, {a, a}, {{ID: "x"}}, {{ID: "x", Withdrawn: true}}} {
		if got, err := attest.MarshalPublicKeys("ms2", bad...); err == nil {
			t.Errorf("%v: %s", bad, got)
		}
	}
}

func TestThePublishedSetMayBeKeptAndRevalidated(t *testing.T) {
	s := signerOf(t, attest.SignerOptions{KeySetMaxAge: 90*time.Second + 1}, keyOf(t, "a", attest.EdDSA))
	got := served(s, http.MethodGet)
	body, _ := io.ReadAll(got.Body)
	etag := got.Header.Get("ETag")
	for name, want := range map[string]string{"Content-Type": "application/jwk-set+json", "Cache-Control": "public, max-age=90", "ETag": etag} {
		if got.Header.Get(name) != want || want == "" {
			t.Errorf("%s: %s", name, got.Header.Get(name))
		}
	}
	head := served(s, http.MethodHead)
	if text, _ := io.ReadAll(head.Body); len(text) != 0 || head.StatusCode != 200 || head.ContentLength != int64(len(body)) {
		t.Errorf("HEAD: %d, %d bytes of %d", head.StatusCode, len(text), head.ContentLength)
	}
	for _, tags := range []string{etag, "W/" + etag, `"x", ` + etag, "*"} {
		again := served(s, http.MethodGet, "If-None-Match", tags)
		if again.StatusCode != http.StatusNotModified || again.Header.Get("Cache-Control") == "" || again.Header.Get("ETag") != etag {
			t.Errorf("%s: %d %v", tags, again.StatusCode, again.Header)
		}
	}
	if again := served(s, http.MethodGet, "If-None-Match", `"x"`); again.StatusCode != 200 {
		t.Errorf("another tag: %d", again.StatusCode)
	}
}

func TestTheTagChangesWithTheKeysAndIsTheSameOnAllReplicas(t *testing.T) {
	a, b := keyOf(t, "a", attest.EdDSA), keyOf(t, "b", attest.EdDSA)
	s, other := signerOf(t, attest.SignerOptions{}, a), signerOf(t, attest.SignerOptions{}, b, a)
	before := served(s, http.MethodGet).Header.Get("ETag")
	rotate(t, s, a, b)
	after := served(s, http.MethodGet).Header.Get("ETag")
	if want := served(other, http.MethodGet).Header.Get("ETag"); before == after || after != want {
		t.Errorf("%s, then %s, elsewhere %s", before, after, want)
	}
}

func TestTheKeysAreForReading(t *testing.T) {
	s := signerOf(t, attest.SignerOptions{}, keyOf(t, "a", attest.EdDSA))
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions} {
		got := served(s, method)
		if got.StatusCode != http.StatusMethodNotAllowed || got.Header.Get("Allow") != "GET, HEAD" ||
			got.Header.Get("Content-Type") != protocol.ContentTypeProblem || got.Header.Get("ETag") != "" {
			t.Errorf("%s: %d %v", method, got.StatusCode, got.Header)
		}
	}
}

func TestNoPrivateMemberIsPublished(t *testing.T) {
	s := signerOf(t, attest.SignerOptions{}, keyOf(t, "a", attest.EdDSA), keyOf(t, "b", attest.ES256))
	for _, k := range publishedSet(t, s).Keys {
		if !k.IsPublic() || !k.Valid() {
			t.Errorf("%s is not public", k.KeyID)
		}
	}
	body, _ := io.ReadAll(served(s, http.MethodGet).Body)
	if slices.ContainsFunc([]string{`"d"`, `"k"`, "ms2_from"}, func(member string) bool { return strings.Contains(string(body), member) }) {
		t.Errorf("%s", body)
	}
}
