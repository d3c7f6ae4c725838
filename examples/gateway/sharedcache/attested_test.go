package sharedcache_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/examples/gateway/sharedcache"
	"ms2.internal/lb/sdk/attest"
	"ms2.internal/lb/sdk/protocol"
)

// signed is an attestation that counts for life from now on.
func signed(t *testing.T, life time.Duration, subject string) string {
	t.Helper()
	key, err := attest.GenerateKey(attest.EdDSA)
	if err != nil {
		t.Fatal(err)
	}
	key.From = time.Time{}
	s, err := attest.NewSigner(attest.SignerOptions{Issuer: "ms2", Audience: "ms1", Life: life, Keys: []attest.SigningKey{key}, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	token, err := s.Sign(subject, protocol.Attested{SID: "usb:046d", Kind: "vendor"})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestNothingIsKeptPastTheEndOfAnAttestation(t *testing.T) {
	const s = time.Second
	for _, c := range []struct {
		name    string
		control string
		header  func(*testing.T) string
		after   time.Duration
		reused  bool
	}{
		{"it counts still", "public, max-age=3600", func(t *testing.T) string { return signed(t, 60*s, "") }, 59 * s, true},
		{"it is over", "public, max-age=3600", func(t *testing.T) string { return signed(t, 60*s, "") }, 60 * s, false},
		{"the first of two is over", "public, max-age=3600", func(t *testing.T) string { return signed(t, 600*s, "") + ", " + signed(t, 60*s, "") }, 60 * s, false},
		{"the page is over before it", "public, max-age=5", func(t *testing.T) string { return signed(t, 60*s, "") }, 5 * s, false},
		{"it is over, and errors may be covered up", "max-age=5, stale-if-error=3600", func(t *testing.T) string { return signed(t, 60*s, "") }, 60 * s, false},
		{"for one user", "public, max-age=3600", func(t *testing.T) string { return signed(t, 60*s, "ada") }, 0, false},
		{"for one user, among others", "public, max-age=3600", func(t *testing.T) string { return signed(t, 60*s, "") + "," + signed(t, 60*s, "ada") }, 0, false},
		{"no token", "public, max-age=3600", func(*testing.T) string { return "x" }, 0, false},
		{"a token with another claim in its place", "public, max-age=3600", func(*testing.T) string { return "e30.e30.e30" }, 0, false},
		{"more than there may be", "public, max-age=3600", func(t *testing.T) string { return strings.Repeat(signed(t, 60*s, "")+",", 17) }, 0, false},
		{"none", "public, max-age=3600", func(*testing.T) string { return "" }, 59 * s, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBubble(t, sharedcache.Options{}, func(t *testing.T, o *origin, cache *sharedcache.Cache) {
				o.answer = answering(200, "old", "Cache-Control: "+c.control, "MS2-Attestation: "+c.header(t), `ETag: "1"`)
				first := get(t, cache)
				time.Sleep(c.after)
				o.answer = answering(503, "down")
				a := get(t, cache)
				if reused := o.count() == 1; reused != c.reused || (a.body == "old") != c.reused {
					t.Errorf("reused: %t, %+v", reused, a)
				}
				if c.reused && a.header.Get("MS2-Attestation") != first.header.Get("MS2-Attestation") {
					t.Errorf("got %v", a.header)
				}
			})
		})
	}
}

// A 304 would prolong the attestations in the body that is kept, or that the browser has.
func TestAPageWithAnAttestationIsSentAndAskedForWhole(t *testing.T) {
	inBubble(t, sharedcache.Options{}, func(t *testing.T, o *origin, cache *sharedcache.Cache) {
		o.answer = answering(200, "whole", "Cache-Control: max-age=5", "MS2-Attestation: "+signed(t, time.Minute, ""), `ETag: "1"`, "Last-Modified: Sat, 01 Jan 2000 00:00:00 GMT")
		get(t, cache)
		if a := get(t, cache, `If-None-Match: "1"`); a.status != 200 || a.body != "whole" || o.count() != 1 {
			t.Errorf("got %+v", a)
		}
		time.Sleep(5 * time.Second)
		get(t, cache)
		if len(o.asked) != 2 || len(o.asked[1]) != 0 {
			t.Errorf("asked with %v", o.asked)
		}
	})
}
