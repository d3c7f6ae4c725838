package protocol

import (
	"errors"
	"fmt"
)

var (
	// ErrMalformed is wrapped by the error of every body that is not JSON of the shape asked for.
	ErrMalformed = errors.New("malformed")

	// ErrTooLarge is wrapped by the error of a request beyond [MaxRequestBytes] or [MaxItems], and of attestations beyond what
	// [HeaderAttestation] carries.
	ErrTooLarge = errors.New("too large")

	// ErrAttestationTooLarge is wrapped by the error of [Attester.Sign] for more than one attestation can carry.
	ErrAttestationTooLarge = errors.New("more than one attestation can carry")
)

// ItemError says which item of a well-formed request breaks a rule.
type ItemError struct {
	// Index is the item's place in the request, from 0.
	Index int

	// SID is what the item called its SID, as sent: of any bytes and any length.
	SID string

	// Err says what is wrong.
	Err error
}

// Error names the index and what is wrong; the SID is cut where a good one would end.
func (e *ItemError) Error() string {
	return fmt.Sprintf("item %d (sid %.*q): %v", e.Index, MaxSIDBytes, e.SID, e.Err)
}

// Unwrap returns Err.
func (e *ItemError) Unwrap() error { return e.Err }
