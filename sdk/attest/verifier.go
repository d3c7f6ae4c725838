package attest

import (
	"runtime"
	"slices"
	"strings"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// Verifier verifies attestations for one client, by the keys that it keeps. It is an [sdk.Attestations]: hand it to
// [sdk.WithAttestations]. Make one with [NewVerifier]. Its methods are safe for concurrent use.
type Verifier struct {
	options VerifierOptions               // as given, with defaults; no Peppers
	digests []func(subject string) string // what the claim bnd of a token for subject may be, by each pepper
	ring    keyring
	headers headers
	memory  *memory
	turns   turns // of those who check a signature: the others wait, and leave cores to the rest of the process
	tally   tally
}

var _ sdk.Attestations = (*Verifier)(nil)

// NewVerifier returns a verifier that has no keys until a client runs it. Its error names every option that is wrong.
func NewVerifier(o VerifierOptions) (*Verifier, error) {
	o = o.withDefaults()
	if err := o.check(); err != nil {
		return nil, err
	}
	digests := make([]func(string) string, len(o.Peppers))
	for i, pepper := range o.Peppers {
		pepper = slices.Clone(pepper)
		digests[i] = func(subject string) string { return binding(o.Audience, subject, pepper) }
	}
	o.Peppers = nil // the digests have them: printing a verifier shows no secret
	return &Verifier{
		options: o,
		digests: digests,
		memory:  newMemory(o.Remember),
		turns:   turns{free: max(1, runtime.GOMAXPROCS(0)/2)},
	}, nil
}

// Verify returns what a token vouches for, to a caller whose user is subject, "" for unknown. The attestation is shared and never
// changes. The error is an [*sdk.AttestationError] with one of the Reasons of this package, shared as well; nothing of the token is in
// it.
//
// Signatures are checked by turns, so a flood of new tokens may have it wait, some milliseconds. A caller with a bad signature lets the
// others go first: it is refused up to 50 ms later while there are any.
func (v *Verifier) Verify(token, subject string) (*sdk.Attestation, error) {
	said, why := v.verify(token, subject, time.Now())
	if why != accepted {
		v.tally.refused[why].Add(1)
		return nil, refusals[why]
	}
	return said, nil
}

// verify takes the cheapest way to an answer: length, memory, form, header, key, signature, claims.
func (v *Verifier) verify(token, subject string, now time.Time) (*sdk.Attestation, reason) {
	if len(token) > protocol.MaxAttestationBytes {
		return nil, malformed
	}
	r := v.memory.find(token)
	if r == nil {
		return v.cold(token, subject, now)
	}
	if why := r.judge(subject, now); why != accepted {
		return nil, why
	}
	v.tally.remembered.Add(1)
	return &r.said, accepted
}

// cold verifies a token that is not remembered, and remembers it when it counts.
func (v *Verifier) cold(token, subject string, now time.Time) (*sdk.Attestation, reason) {
	p, ok := split(token)
	if !ok {
		return nil, malformed
	}
	k, why := v.signer(token, p)
	if why != accepted {
		return nil, why
	}
	v.tally.verified.Add(1)
	claims, err := protocol.DecodeClaims(p.payload)
	if err != nil {
		return nil, badClaims
	}
	end, why := v.judge(claims, subject, now)
	if why != accepted {
		return nil, why
	}
	r := &remembered{
		token: strings.Clone(token), // the caller's may be a piece of a large body
		key:   k, said: v.attestation(claims, end), bound: claims.Binding != "",
		at: now, life: time.Duration(end.UnixNano() - now.UnixNano()),
	}
	if r.bound {
		r.subject = strings.Clone(subject)
	}
	v.memory.add(r)
	return &r.said, accepted
}

// signer returns the key that signed a token. A header that is known costs a look into a map; a new one is read twice, by us and,
// once its signature is right, by go-jose.
func (v *Verifier) signer(token string, p parts) (*key, reason) {
	if k := v.headers.find(p.head, &v.ring); k != nil {
		if !v.signed(k, p) {
			return nil, v.unsigned(k)
		}
		return k, accepted
	}
	h, ok := readHeader(string(p.header))
	if !ok || h.typ != protocol.AttestationType {
		return nil, badHeader
	}
	k, why := v.key(h)
	switch {
	case why != accepted:
		return nil, why
	case !v.signed(k, p):
		return nil, v.unsigned(k)
	case !h.agreed(token):
		return nil, badHeader
	}
	v.headers.add(strings.Clone(p.head), k)
	return k, accepted
}

// others are the algorithms with a public key that MS2 may turn to one day (RFC 7518, 8812, 9864, 9964). No key here has one.
var others = [...]string{
	"Ed25519", "Ed448", "ES256K", "ES384", "ES512", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512",
	"ML-DSA-44", "ML-DSA-65", "ML-DSA-87",
}

// key finds the key that a header names. No key is looked up for an algorithm that no key has. One that the verifier does not accept
// has no key here, so MS2 is asked: a change of algorithms at MS2 that MS1 was not told of must not refuse genuine data.
func (v *Verifier) key(h header) (*key, reason) {
	ours := h.alg == EdDSA || h.alg == ES256
	if !ours && !slices.Contains(others[:], h.alg) {
		return nil, badAlgorithm
	}
	k, known := v.ring.find(h.kid)
	switch {
	case k == nil && !ours:
		return nil, unknownKey // a fetch would bring no key for it
	case !known:
		return nil, noKeys
	case k == nil, !slices.Contains(v.options.Algorithms, k.algorithm):
		v.ring.unknown()
		return nil, unknownKey
	case k.algorithm != h.alg:
		return nil, badAlgorithm
	}
	return k, accepted
}

// unsigned is why a token does not count that names a key which did not sign it. It may be by another key of the same ID, of another
// cluster or a deployment ago, though one ID should be one key: the keys are fetched, and as long as such a change is known of MS2 is
// asked.
func (v *Verifier) unsigned(k *key) reason {
	v.ring.unknown()
	if k.doubtful(time.Now()) {
		return unknownKey
	}
	return badSignature
}
