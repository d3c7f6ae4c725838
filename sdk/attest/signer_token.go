package attest

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"

	jose "github.com/go-jose/go-jose/v4"

	"ms2.internal/lb/sdk/protocol"
)

// base64url is the encoding of every part of a token (RFC 7515, 2).
var base64url = base64.RawURLEncoding

// prepare makes what a key needs to sign and to be published.
func prepare(k SigningKey) (*held, error) {
	public, err := jose.JSONWebKey{Key: k.Private.Public(), KeyID: k.ID, Algorithm: k.kind(), Use: "sig"}.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("key %q can't be published: generate another", k.ID)
	}
	header := `{"alg":"` + k.kind() + `","kid":"` + k.ID + `","typ":"` + protocol.AttestationType + `"}` // nothing in it needs an escape
	return &held{
		id: k.ID, private: k.Private, begins: k.From, public: public,
		header: base64url.EncodeToString([]byte(header)) + ".",
	}, nil
}

// token is the compact serialisation (RFC 7515, 3.1) of claims. go-jose's signer makes the same bytes, at a third of Ed25519's
// cost more.
func (h *held) token(c protocol.Claims) (string, error) {
	payload := protocol.AppendClaims(make([]byte, 0, 512), c)
	size := len(h.header) + base64url.EncodedLen(len(payload)) + 1 + base64url.EncodedLen(ed25519.SignatureSize)
	if size > protocol.MaxAttestationBytes {
		return "", fmt.Errorf("%w: %d bytes of at most %d; sign fewer SIDs by each", protocol.ErrAttestationTooLarge, size,
			protocol.MaxAttestationBytes)
	}
	text := base64url.AppendEncode(append(make([]byte, 0, size), h.header...), payload)
	signature, err := h.sign(text)
	if err != nil {
		return "", err
	}
	return string(base64url.AppendEncode(append(text, '.'), signature)), nil
}

func (h *held) sign(text []byte) ([]byte, error) {
	if private, ok := h.private.(ed25519.PrivateKey); ok {
		return ed25519.Sign(private, text), nil
	}
	digest := sha256.Sum256(text)
	r, s, err := ecdsa.Sign(rand.Reader, h.private.(*ecdsa.PrivateKey), digest[:])
	if err != nil {
		return nil, fmt.Errorf("key %q does not sign: %w", h.id, err)
	}
	signature := make([]byte, ed25519.SignatureSize) // r and s of 32 bytes each, not the ASN.1 of other protocols
	r.FillBytes(signature[:ed25519.SignatureSize/2])
	s.FillBytes(signature[ed25519.SignatureSize/2:])
	return signature, nil
}
