// Package attest makes and verifies attestations: signed statements of MS2 that SIDs are valid until a time, which travel with the
// data through a browser or a gateway, so that MS1 need not ask.
//
// MS2 signs by a [Signer], MS1 verifies by a [Verifier], which it hands to its client:
//
//	verifier, err := attest.NewVerifier(attest.VerifierOptions{Issuer: "ms2", Audience: "ms1"})
//	...
//	client, err := sdk.New(cfg, sdk.WithAttestations(verifier))
//	...
//	v, err := client.Validate(ctx, sid, sdk.AttestedBy(token))
//
// An attestation is a JSON Web Token (RFC 7519) of its own type, in the compact serialisation, signed with EdDSA (RFC 8037) or
// ES256 (RFC 7518), and held to RFC 8725: the algorithm is the key's and never the header's, issuer and audience are compared, what
// the header says of keys is not followed. Its times are bounded by the verifier's own maximum as well; a clock that is wrong may end
// it early and never prolongs it.
package attest
