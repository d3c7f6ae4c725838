package sharedcache

import (
	"encoding/base64"
	"strings"
	"time"

	"ms2.internal/lb/sdk/protocol"
)

// untilAttestationsEnd notes when the first attestation in the entry's header ends. It returns false when one can't be read or is for
// one user: such an answer is not for all.
func (e *entry) untilAttestationsEnd() bool {
	tokens, err := protocol.Attestations(e.header)
	for _, token := range tokens {
		claims, unreadable := claimsOf(token)
		if unreadable != nil || claims.Binding != "" {
			return false
		}
		if end := time.Unix(claims.Expires, 0); !e.attested || end.Before(e.end) {
			e.attested, e.end = true, end
		}
	}
	return err == nil
}

// claimsOf reads what an attestation says, and verifies nothing of it.
func claimsOf(token string) (protocol.Claims, error) {
	_, rest, _ := strings.Cut(token, ".")
	payload, _, _ := strings.Cut(rest, ".")
	text, err := base64.RawURLEncoding.Strict().DecodeString(payload)
	if err != nil {
		return protocol.Claims{}, err
	}
	return protocol.DecodeClaims(text)
}
