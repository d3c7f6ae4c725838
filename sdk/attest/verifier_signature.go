package attest

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"math/big"
)

// signed checks a signature in its turn. Half of the cores check at once, so that a flood of bad signatures leaves cores to the rest of
// the process, and whose signature is bad waits for the others: package integration/attestation measures both.
func (v *Verifier) signed(k *key, p parts) bool {
	good := v.inTurn(k, p)
	if !good {
		v.turns.yield()
	}
	return good
}

func (v *Verifier) inTurn(k *key, p parts) bool {
	v.turns.take()
	defer v.turns.give()
	return k.signed(p)
}

// signed reports whether the key signed a token.
func (k *key) signed(p parts) bool {
	if len(p.signature) != ed25519.SignatureSize { // 64 bytes, as ES256's (RFC 7518, 3.4)
		return false
	}
	switch public := k.public.(type) {
	case ed25519.PublicKey:
		return ed25519.Verify(public, []byte(p.signed), p.signature)
	case *ecdsa.PublicKey:
		var r, s big.Int
		half := len(p.signature) / 2
		digest := sha256.Sum256([]byte(p.signed))
		return ecdsa.Verify(public, digest[:], r.SetBytes(p.signature[:half]), s.SetBytes(p.signature[half:]))
	}
	return false
}
