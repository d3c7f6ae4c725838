package attest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"io"
	"strings"
	"time"

	jose "github.com/go-jose/go-jose/v4"
)

// SigningKey is a private key of MS2's. It never prints, logs or marshals: [MarshalSigningKeys] alone writes it.
type SigningKey struct {
	// ID is the kid of the key's tokens: 1 to 64 bytes of visible ASCII without quote and backslash. One ID is one key, for ever.
	ID string

	// Private is an ed25519.PrivateKey, whose tokens are EdDSA, or an *ecdsa.PrivateKey on P-256, whose tokens are ES256.
	Private crypto.Signer `json:"-"`

	// From is when the key begins to sign, the same for all replicas; see [Signer] for when it begins later. Zero: as soon as it
	// may.
	From time.Time

	// Withdrawn takes the key out at once, from signing and from the published set: it was compromised. Private may be nil then.
	Withdrawn bool
}

// generatedFrom is how long after its making a key begins to sign: the default [SignerOptions.KeySetMaxAge], the cooldown of
// verifiers, and the rest for the key to reach all replicas.
const generatedFrom = 15 * time.Minute

// GenerateKey makes a key of an algorithm, [EdDSA] or [ES256]. Its ID is 16 characters of its RFC 7638 thumbprint, of which the
// first is a letter or a digit, so that no tool takes it for a flag. From is in 15 minutes: by then a file that all replicas follow has brought it to them, and they to those who verify. Set From later where
// that takes longer. An only key signs at once all the same.
func GenerateKey(algorithm string) (SigningKey, error) {
	private, err := generate(algorithm)
	if err != nil {
		return SigningKey{}, err
	}
	thumbprint, err := (&jose.JSONWebKey{Key: private.Public()}).Thumbprint(crypto.SHA256)
	if err != nil {
		return SigningKey{}, fmt.Errorf("attest: %w", err)
	}
	from := time.Now().Add(generatedFrom).UTC().Truncate(time.Second)
	return SigningKey{ID: idOf(thumbprint), Private: private, From: from}, nil
}

// idOf is an ID that begins with a letter or a digit. That fewer than 16 characters are left takes 28 of - and _ in a row.
func idOf(thumbprint []byte) string {
	id := strings.TrimLeft(base64url.EncodeToString(thumbprint), "-_")
	return id[:min(len(id), 16)]
}

func generate(algorithm string) (crypto.Signer, error) {
	switch algorithm {
	case EdDSA:
		_, private, err := ed25519.GenerateKey(rand.Reader)
		return private, err
	case ES256:
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	return nil, fmt.Errorf("attest: no keys of algorithm %.16q: use %s or %s", algorithm, EdDSA, ES256)
}

// Format writes the ID and the algorithm, whatever the verb: no verb prints the private key.
func (k SigningKey) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "signing key "+k.ID+" ("+k.kind()+")")
}

// kind is the algorithm, or why there is none.
func (k SigningKey) kind() string {
	switch k.Private.(type) {
	case ed25519.PrivateKey:
		return EdDSA
	case *ecdsa.PrivateKey:
		return ES256
	case nil:
		return "no private key"
	}
	return fmt.Sprintf("unsupported %T", k.Private)
}
