package attest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"

	"ms2.internal/lb/sdk/protocol"
)

// Item is one SID that an attestation vouches for.
type Item = protocol.Attested

// bindingDomain keeps these digests apart from any other use of SHA-256, or of the pepper.
const bindingDomain = "ms2-attest-bnd\x00"

// binding is the claim bnd: a digest of whom an attestation is for, so that the token does not tell. The audience goes first with its
// length, so that no two pairs read the same. With a pepper it is an HMAC (RFC 2104): subjects that can be guessed can't be tried.
func binding(audience, subject string, pepper []byte) string {
	text := append([]byte(bindingDomain), binary.BigEndian.AppendUint32(nil, uint32(len(audience)))...)
	text = append(append(text, audience...), subject...)
	if len(pepper) == 0 {
		sum := sha256.Sum256(text)
		return base64.RawURLEncoding.EncodeToString(sum[:])
	}
	mac := hmac.New(sha256.New, pepper)
	mac.Write(text)
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
