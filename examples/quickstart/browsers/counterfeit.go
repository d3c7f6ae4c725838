package browsers

import (
	"crypto/ed25519"
	"encoding/base64"
	"strings"
	"sync"
)

// thief is the key of who would be MS2.
var thief = sync.OnceValue(func() ed25519.PrivateKey {
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		panic(err) // crypto/rand never fails
	}
	return private
})

// counterfeited is an attestation of one SID rewritten for another, and signed by somebody who is not MS2.
func counterfeited(token, from, to string) string {
	header, rest, _ := strings.Cut(token, ".")
	payload, _, _ := strings.Cut(rest, ".")
	claims, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil {
		return token + "?" // no attestation was one
	}
	text := header + "." + base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(claims), from, to, 1)))
	return text + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(thief(), []byte(text)))
}
