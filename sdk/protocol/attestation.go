package protocol

import (
	"errors"
	"fmt"
	"net/http"
	"unicode/utf8"
)

// Attested is one SID that an attestation vouches for.
type Attested struct {
	// SID is the entity that is valid; see [CheckSID].
	SID string

	// Kind says what sort of entity it is, such as "vendor"; "" when untold. At most [MaxLabelBytes].
	Kind string

	// Version is the entity's version when the attestation was issued; "" when untold. At most [MaxLabelBytes].
	Version string
}

// Attester signs that SIDs are valid, so that who holds MS2's public keys need not ask. The Signer of the module sdk/attest is
// one. Its methods are called concurrently.
type Attester interface {
	// Sign returns one attestation for all items: 1 to [MaxAttested] different SIDs. subject is whom it is for, "" for anybody.
	// An attestation is visible ASCII without a comma, at most [MaxAttestationBytes]. When that is too little for the items, the
	// error wraps [ErrAttestationTooLarge], and they are signed in halves.
	Sign(subject string, items ...Attested) (string, error)

	// Keys serves the public keys at [PathKeys], to GET and HEAD. It is called for each request.
	Keys() http.Handler
}

// Limits of attestations. Who makes them and who verifies them enforce them.
const (
	// MaxAttestationBytes is the longest attestation: 4 KiB.
	MaxAttestationBytes = 4 << 10

	// MaxAttested is the most SIDs that one attestation vouches for.
	MaxAttested = 64

	// MaxSubjectBytes is the longest subject.
	MaxSubjectBytes = 256

	// MaxAttestations is the most attestations that one [HeaderAttestation] carries, all its fields joined. More travel in a body.
	MaxAttestations = 16

	// MaxAttestationHeader is the most bytes that they take there: 8 KiB, which servers accept by default.
	MaxAttestationHeader = 8 << 10
)

var (
	errNoAttestation = errors.New("an attestation is visible ASCII without a comma")
	errSubject       = fmt.Errorf("the subject of an attestation is not 1 to %d bytes of UTF-8", MaxSubjectBytes)
)

// checkSubject reports what keeps a subject from being one that somebody is called by.
func checkSubject(subject string) error {
	if subject == "" || len(subject) > MaxSubjectBytes || !utf8.ValidString(subject) {
		return errSubject
	}
	return nil
}

// checkAttestation reports what keeps a token from travelling as an attestation. What it says is the verifier's part.
func checkAttestation(token string) error {
	if len(token) > MaxAttestationBytes {
		return fmt.Errorf("%w: it is over %d bytes", ErrAttestationTooLarge, MaxAttestationBytes)
	}
	for i := range len(token) {
		if token[i]-0x21 > 0x7e-0x21 || token[i] == ',' { // below 0x21 the byte wraps around
			return errNoAttestation
		}
	}
	if token == "" {
		return errNoAttestation
	}
	return nil
}
