package protocol

import "net/http"

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
	// Sign returns one attestation for all items, 1 to [MaxAttested] of them. subject is whom it is for, "" for anybody.
	Sign(subject string, items ...Attested) (string, error)

	// Keys serves the public keys at [PathKeys].
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
