package attest_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"
	"time"

	"ms2.internal/lb/sdk/attest"
	"ms2.internal/lb/sdk/protocol"
)

// BenchmarkVerify has the whole way of a token that is new, beside the bare signature of the same text, and of one that is remembered.
func BenchmarkVerify(b *testing.B) {
	f := newForge(b)
	for _, size := range []struct {
		name string
		sids int
	}{{"1 SID", 1}, {"10 SIDs", 10}} {
		payload := claims(func(c *protocol.Claims) { c.Items = items(size.sids); c.Expires = c.Issued + 86400 })
		ed, ec := f.token(edHeader, payload), f.ecToken(ecHeader, payload)
		b.Run(size.name+"/EdDSA bare", func(b *testing.B) { bareEd(b, f, ed) })
		b.Run(size.name+"/EdDSA cold", func(b *testing.B) { verifies(b, f, ed, remember(-1)) })
		b.Run(size.name+"/EdDSA cold, kept", func(b *testing.B) { verifiesMany(b, f, payload) })
		b.Run(size.name+"/EdDSA share", func(b *testing.B) { share(b, f, payload) })
		b.Run(size.name+"/ES256 bare", func(b *testing.B) { bareEC(b, f, ec) })
		b.Run(size.name+"/ES256 cold", func(b *testing.B) { verifies(b, f, ec, remember(-1)) })
		b.Run(size.name+"/remembered", func(b *testing.B) { verifies(b, f, ed) })
	}
	b.Run("time.Now", func(b *testing.B) {
		for b.Loop() {
			time.Now()
		}
	})
	secret := f.token(edHeader, bound(f.verifier(b).Digest("alice")))
	b.Run("1 SID/remembered, bound", func(b *testing.B) { verifies(b, f, secret) })
	b.Run("1 SID/remembered among 4096", func(b *testing.B) { remembersMany(b, f) })
	b.Run("bad signature", func(b *testing.B) {
		v, bad := f.verifier(b), signature(f.genuine(), string(make([]byte, 64)))
		b.ReportAllocs()
		for b.Loop() {
			v.Verify(bad, "")
		}
	})
}

func verifies(b *testing.B, f *forge, token string, edits ...func(*attest.VerifierOptions)) {
	v := f.verifier(b, append(edits, func(o *attest.VerifierOptions) { o.MaxLife = 86400e9 })...)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.Verify(token, "alice"); err != nil {
			b.Fatal(err)
		}
	}
}

// verifiesMany verifies tokens that differ, and remembers each.
func verifiesMany(b *testing.B, f *forge, payload string) {
	v := f.verifier(b, remember(8))
	var tokens []string
	for i := range 64 {
		tokens = append(tokens, f.token(edHeader, payload[:len(payload)-1]+`,"jti":"`+fmt.Sprint(i)+`"}`))
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := v.Verify(tokens[i%len(tokens)], ""); err != nil {
			b.Fatal(err)
		}
	}
}

// remembersMany finds each of 4096 tokens in turn among those, so that nothing is near.
func remembersMany(b *testing.B, f *forge) {
	v, tokens := f.verifier(b, remember(8192)), f.genuines(4096)
	for _, token := range tokens {
		v.Verify(token, "")
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := v.Verify(tokens[i%len(tokens)], ""); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(v.Stats().Verified-4096), "forgotten")
}

func bareEd(b *testing.B, f *forge, token string) {
	text, sig, _ := cutLast(token)
	raw, _ := unb64(sig)
	public, message := f.ed.Public().(ed25519.PublicKey), []byte(text)
	for b.Loop() {
		if !ed25519.Verify(public, message, raw) {
			b.Fatal("bad")
		}
	}
}

func bareEC(b *testing.B, f *forge, token string) {
	text, _, _ := cutLast(token)
	digest := sha256.Sum256([]byte(text))
	der, err := f.ec.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		digest := sha256.Sum256([]byte(text))
		if !ecdsa.VerifyASN1(&f.ec.PublicKey, digest[:], der) {
			b.Fatal("bad")
		}
	}
}

// share alternates between the whole way of a new token and its bare signature, so that whatever else the machine does meets both, and
// reports how much of the former the latter is.
func share(b *testing.B, f *forge, payload string) {
	v, token := f.verifier(b, remember(-1)), f.token(edHeader, payload)
	text, sig, _ := cutLast(token)
	raw, _ := unb64(sig)
	public, message := f.ed.Public().(ed25519.PublicKey), []byte(text)
	var cold, bare []time.Duration
	for b.Loop() {
		began := time.Now()
		v.Verify(token, "")
		middle := time.Now()
		ed25519.Verify(public, message, raw)
		cold, bare = append(cold, middle.Sub(began)), append(bare, time.Since(middle))
	}
	slices.Sort(cold)
	slices.Sort(bare)
	b.ReportMetric(100*float64(bare[len(bare)/2])/float64(cold[len(cold)/2]), "%signature")
}
