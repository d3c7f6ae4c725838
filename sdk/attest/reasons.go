package attest

import (
	"fmt"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// Reasons of an [sdk.AttestationError]. A token with one of these is forged.
const (
	// ReasonMalformed: it is no compact JWS of at most [protocol.MaxAttestationBytes], three parts in base64url to the letter.
	ReasonMalformed = "malformed"

	// ReasonHeader: its header is not alg, kid and the typ of attestations alone, each once.
	ReasonHeader = "header"

	// ReasonAlgorithm: it names an algorithm without a public key, or not the one of its key.
	ReasonAlgorithm = "algorithm"

	// ReasonSignature: the key did not sign it.
	ReasonSignature = "signature"

	// ReasonClaims: what was signed is no attestation.
	ReasonClaims = "claims"

	// ReasonIssuer: another issuer signed it.
	ReasonIssuer = "issuer"

	// ReasonAudience: it is for another service, or VerifierOptions.Audience is not what MS2 signs.
	ReasonAudience = "audience"

	// ReasonTimes: it ends before it begins.
	ReasonTimes = "times"

	// ReasonSubject: it is bound to another user, or by another pepper than the verifier's, or the user is not known. These can't be
	// told apart: the token has a digest of the user alone.
	ReasonSubject = "subject"
)

// Reasons of an [sdk.AttestationError]. For a token with one of these MS2 is asked instead.
const (
	// ReasonNoKeys: no keys were had yet.
	ReasonNoKeys = "no_keys"

	// ReasonUnknownKey: its key is not among those in use: not yet, no more, or for its algorithm.
	ReasonUnknownKey = "unknown_key"

	// ReasonExpired: its time, or the verifier's MaxLife, is over.
	ReasonExpired = "expired"

	// ReasonFuture: it was issued later than now, by more than the verifier's Skew. One of the two clocks is wrong.
	ReasonFuture = "issued_in_future"

	// ReasonUnbound: it is bound to nobody, and the verifier requires that.
	ReasonUnbound = "unbound"
)

// reason is why a token vouches for nothing.
type reason uint8

const (
	accepted reason = iota
	malformed
	badHeader
	badAlgorithm
	badSignature
	badClaims
	badIssuer
	badAudience
	badTimes
	badSubject
	noKeys
	unknownKey
	expired
	inFuture
	unbound
	allReasons
)

// refusals are the errors, made once: a flood of bad tokens allocates none, and nothing of a token is in them.
var refusals = [allReasons]*sdk.AttestationError{
	malformed:    forged(ReasonMalformed, fmt.Sprintf("not three parts in base64url of %d bytes at most", protocol.MaxAttestationBytes)),
	badHeader:    forged(ReasonHeader, "the header is not alg, kid and typ "+protocol.AttestationType+" alone"),
	badAlgorithm: forged(ReasonAlgorithm, "the algorithm is not the key's"),
	badSignature: forged(ReasonSignature, "the signature is not by the key that the token names"),
	badClaims:    forged(ReasonClaims, "the claims are not those of an attestation"),
	badIssuer:    forged(ReasonIssuer, "the issuer is not VerifierOptions.Issuer"),
	badAudience:  forged(ReasonAudience, "the audience is not VerifierOptions.Audience"),
	badTimes:     forged(ReasonTimes, "it ends before it begins"),
	badSubject:   forged(ReasonSubject, "it is bound to another subject than the one given, or with another Pepper"),
	noKeys:       unusable(ReasonNoKeys, "no keys yet: MS2's key set has not been had"),
	unknownKey:   unusable(ReasonUnknownKey, "the key is not in MS2's key set"),
	expired:      unusable(ReasonExpired, "it has expired, or is older than VerifierOptions.MaxLife"),
	inFuture:     unusable(ReasonFuture, "it was issued in the future, by more than VerifierOptions.Skew: compare the clocks"),
	unbound:      unusable(ReasonUnbound, "it is bound to no subject, and VerifierOptions.RequireBinding is set"),
}

func forged(reason, detail string) *sdk.AttestationError {
	return &sdk.AttestationError{Reason: reason, Detail: detail, Forged: true}
}

func unusable(reason, detail string) *sdk.AttestationError {
	return &sdk.AttestationError{Reason: reason, Detail: detail}
}
