package attest

import (
	"crypto"
	"sync/atomic"
	"time"
)

// The algorithms (RFC 8037, RFC 7518). One key has one.
const (
	EdDSA = "EdDSA" // Ed25519: the default
	ES256 = "ES256" // ECDSA on P-256 with SHA-256
)

// maxKeyID is the longest ID of a key, in bytes.
const maxKeyID = 64

// key is a public key with the one algorithm that it may verify.
type key struct {
	id, algorithm string
	public        crypto.PublicKey // ed25519.PublicKey or *ecdsa.PublicKey
	gone          atomic.Bool      // it was withdrawn: nothing that it verified counts any more
	instead       time.Time        // when it took the ID of another that was in use; zero for never; set before it is used
}

// same reports whether two keys verify the same signatures. Either may be nil.
func (k *key) same(other *key) bool {
	if k == nil || other == nil {
		return false
	}
	public, ok := k.public.(interface{ Equal(crypto.PublicKey) bool })
	return ok && public.Equal(other.public)
}

// checkKeyID reports whether id is 1 to 64 bytes of visible ASCII without quote and backslash, which JSON would escape.
func checkKeyID(id string) bool {
	for _, c := range []byte(id) {
		if c <= ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return 0 < len(id) && len(id) <= maxKeyID
}

// doubtful reports whether its ID had another key of late: a token of that one, which is not forged, has a wrong signature by this.
func (k *key) doubtful(now time.Time) bool {
	return !k.instead.IsZero() && age(k.instead, now) < maxUnconfirmed
}
