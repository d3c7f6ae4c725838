package attest_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"testing"

	"ms2.internal/lb/sdk/attest"
)

// BenchmarkSign stands beside the bare signatures of the same text.
func BenchmarkSign(b *testing.B) {
	edDSA, es256 := keyOf(b, "k123456789abcdef", attest.EdDSA), keyOf(b, "k123456789abcdef", attest.ES256)
	text := []byte(sign(b, signerOf(b, attest.SignerOptions{}, edDSA))[:230])
	b.Run("bare Ed25519", func(b *testing.B) {
		private := edDSA.Private.(ed25519.PrivateKey)
		for b.Loop() {
			ed25519.Sign(private, text)
		}
	})
	b.Run("EdDSA, 1 SID", func(b *testing.B) { signing(b, signerOf(b, attest.SignerOptions{}, edDSA), "", one) })
	b.Run("EdDSA, 1 SID, bound", func(b *testing.B) { signing(b, signerOf(b, attest.SignerOptions{}, edDSA), "alice", one) })
	b.Run("EdDSA, 50 SIDs", func(b *testing.B) { signing(b, signerOf(b, attest.SignerOptions{}, edDSA), "", many(50, 16)...) })
	b.Run("bare ES256", func(b *testing.B) {
		private := es256.Private.(*ecdsa.PrivateKey)
		for b.Loop() {
			digest := sha256.Sum256(text)
			if _, err := ecdsa.SignASN1(rand.Reader, private, digest[:]); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("ES256, 1 SID", func(b *testing.B) { signing(b, signerOf(b, attest.SignerOptions{}, es256), "", one) })
}

func signing(b *testing.B, s *attest.Signer, subject string, items ...attest.Item) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Sign(subject, items...); err != nil {
			b.Fatal(err)
		}
	}
}
