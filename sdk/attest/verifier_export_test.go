package attest

import (
	"crypto"
	"crypto/ecdsa"
	"log/slog"
	"time"

	"ms2.internal/lb/sdk"
)

// Hold gives the verifier these keys in place of those it has, which are withdrawn.
func (v *Verifier) Hold(keys map[string]crypto.PublicKey) {
	next := map[string]*key{}
	for id, public := range keys {
		k := &key{id: id, algorithm: EdDSA, public: public}
		if _, ok := public.(*ecdsa.PublicKey); ok {
			k.algorithm = ES256
		}
		next[id] = k
	}
	before := v.ring.keys.Swap(&next)
	if before == nil {
		return
	}
	for _, k := range *before {
		k.gone.Store(true)
	}
}

// VerifyAt verifies at a time that is not time.Now.
func (v *Verifier) VerifyAt(token, subject string, now time.Time) (*sdk.Attestation, error) {
	if said, why := v.verify(token, subject, now); why != accepted {
		return nil, refusals[why]
	} else {
		return said, nil
	}
}

// Kept is how many tokens and how many headers are remembered.
func (v *Verifier) Kept() (tokens, heads int) {
	for i := range v.memory.sets {
		for j := range v.memory.sets[i].slots {
			if v.memory.sets[i].slots[j].Load() != nil {
				tokens++
			}
		}
	}
	if known := v.headers.known.Load(); known != nil {
		heads = len(*known)
	}
	return tokens, heads
}

// ReadToken is what the gate and the reader of headers make of a token.
func ReadToken(token string) (alg, kid, typ string, payload []byte, ok bool) {
	p, ok := split(token)
	if !ok {
		return "", "", "", nil, false
	}
	h, ok := readHeader(string(p.header))
	return h.alg, h.kid, h.typ, p.payload, ok
}

// Digest is the claim bnd for a subject.
func (v *Verifier) Digest(subject string) string { return v.digests[0](subject) }

// HoldSet gives the verifier the keys of a set as MS2 serves it, and returns what of that was left out.
func (v *Verifier) HoldSet(set string) (dropped []string, err error) {
	keys, dropped, err := parseSet([]byte(set), v.options.Issuer, true)
	if err == nil {
		v.ring.keys.Store(&keys)
	}
	return dropped, err
}

// Agreed reports whether go-jose reads this header of a token.
func Agreed(alg, kid, typ, token string) bool { return header{alg, kid, typ}.agreed(token) }

// Take hands the verifier the keys of a set as a fetch of it does.
func (v *Verifier) Take(set string) error {
	k := keeper{ring: &v.ring, issuer: v.options.Issuer, algorithms: v.options.Algorithms, log: func(slog.Level, string, ...slog.Attr) {}}
	keys, _, err := k.parse([]byte(set), true)
	if err == nil {
		k.use(keys)
	}
	return err
}
