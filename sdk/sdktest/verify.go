package sdktest

import (
	"context"
	"maps"
	"time"

	"ms2.internal/lb/sdk"
)

var _ sdk.Attestations = (*attestations)(nil)

// The errors are of the reasons that a Verifier of sdk/attest has for the same.
var (
	unknown = &sdk.AttestationError{Forged: true, Reason: "signature", Detail: "this MS2 of sdktest did not attest it"}
	foreign = &sdk.AttestationError{Forged: true, Reason: "subject", Detail: "it is bound to another subject than the one given"}
	expired = &sdk.AttestationError{Reason: "expired", Detail: "it has expired"}
)

// Open needs no keys.
func (a *attestations) Open(sdk.AttestationSetup) error { return nil }

// Run keeps none.
func (a *attestations) Run(ctx context.Context) { <-ctx.Done() }

// Verify looks a token up, and counts what became of it.
func (a *attestations) Verify(token, subject string) (*sdk.Attestation, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	said, known := a.tokens[token]
	switch {
	case !known:
		a.forged[unknown.Reason]++
		return nil, unknown
	case !time.Now().Before(said.Expires):
		a.unusable[expired.Reason]++
		return nil, expired
	case said.subject != "" && said.subject != subject:
		a.forged[foreign.Reason]++
		return nil, foreign
	}
	a.verified++
	return said.Attestation, nil
}

// Stats counts tokens, each time that one was looked at.
func (a *attestations) Stats() sdk.AttestationStats {
	a.mu.Lock()
	defer a.mu.Unlock()
	return sdk.AttestationStats{
		Verified: a.verified, Forged: maps.Clone(a.forged), Unusable: maps.Clone(a.unusable),
		Keys: sdk.KeyStats{Source: "sdktest", IDs: []string{}, Dropped: []string{}},
	}
}
