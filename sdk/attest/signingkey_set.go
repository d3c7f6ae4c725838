package attest

import (
	"crypto"
	"errors"
	"fmt"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"
)

// signingMembers are the members of a private key's JSON Web Key that go-jose does not read, and those that say what kind it is.
type signingMembers struct {
	ID        string     `json:"kid"`
	Type      string     `json:"kty"`
	Curve     string     `json:"crv"`
	Use       string     `json:"use"`
	Algorithm string     `json:"alg"`
	From      *time.Time `json:"ms2_from"`
	Withdrawn bool       `json:"ms2_withdrawn"`
}

// ParseSigningKeys reads a JSON Web Key Set (RFC 7517) of private keys, Ed25519 (RFC 8037) or P-256 (RFC 7518), as
// [MarshalSigningKeys] writes it. Beside the members of the RFCs a key has "ms2_from", its From by RFC 3339, and "ms2_withdrawn";
// a withdrawn one needs no more than that and its "kid". A key that can't sign spoils the whole set: no replica may miss one.
//
// The error says which key and what to do, and holds nothing of a private one.
func ParseSigningKeys(data []byte) ([]SigningKey, error) {
	keys, err := parseSigningKeys(data)
	if err != nil {
		return nil, fmt.Errorf("attest: %w", err)
	}
	return keys, nil
}

func parseSigningKeys(data []byte) ([]SigningKey, error) {
	if len(data) > maxSetBytes {
		return nil, fmt.Errorf("the set of signing keys is more than %d KiB", maxSetBytes>>10)
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(data, &set); err != nil {
		return nil, fmt.Errorf("not a JSON Web Key Set (RFC 7517)%s", place(err))
	}
	keys := make([]SigningKey, len(set.Keys))
	for i, raw := range set.Keys {
		key, err := parseSigningKey(raw)
		if err != nil {
			return nil, fmt.Errorf("key %d of the set: %w", i+1, err)
		}
		keys[i] = key
	}
	return keys, checkKeys(keys)
}

// place says where in the text the error is. The decoder's own words may quote what is there, such as a private key.
func place(err error) string {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Sprintf(": look at byte %d", syntax.Offset)
	}
	return ""
}

func parseSigningKey(raw []byte) (SigningKey, error) {
	var m signingMembers
	if err := json.Unmarshal(raw, &m); err != nil {
		return SigningKey{}, errors.New(`"kid", "kty", "crv", "use", "alg" and "ms2_from" must be strings, the last a time by RFC 3339, ` +
			`"ms2_withdrawn" true or false, and none may be there twice`)
	}
	key := SigningKey{ID: m.ID, Withdrawn: m.Withdrawn}
	if m.From != nil {
		key.From = *m.From
	}
	if m.Withdrawn {
		return key, nil
	}
	if err := m.check(); err != nil {
		return SigningKey{}, err
	}
	var jwk jose.JSONWebKey
	err := jwk.UnmarshalJSON(raw)
	if err == nil && jwk.IsPublic() {
		return SigningKey{}, fmt.Errorf("kid %.64q has no private part: this is what verifiers have, and a signer needs the set that "+
			"MarshalSigningKeys wrote", m.ID)
	}
	if err != nil {
		return SigningKey{}, fmt.Errorf("kid %.64q: x, y and d do not make a private key of %s", m.ID, m.Curve)
	}
	key.Private, _ = jwk.Key.(crypto.Signer) // the others are refused by checkKeys
	return key, nil
}

// check reports a key of a kind that does not sign attestations.
func (m signingMembers) check() error {
	algorithm := map[string]string{"OKP Ed25519": EdDSA, "EC P-256": ES256}[m.Type+" "+m.Curve]
	switch {
	case algorithm == "":
		return fmt.Errorf("kid %.64q is of kty %.16q and crv %.16q: use OKP and Ed25519, or EC and P-256", m.ID, m.Type, m.Curve)
	case m.Algorithm != "" && m.Algorithm != algorithm:
		return fmt.Errorf("kid %.64q has alg %.16q: leave it out, or set %s", m.ID, m.Algorithm, algorithm)
	case m.Use != "" && m.Use != "sig":
		return fmt.Errorf(`kid %.64q has use %.16q: leave it out, or set "sig"`, m.ID, m.Use)
	}
	return nil
}

// MarshalSigningKeys writes keys as [ParseSigningKeys] reads them, From in whole seconds. It holds the private keys: keep it
// where secrets are kept, such as a file of mode 0600 or what the platform mounts as one.
func MarshalSigningKeys(keys ...SigningKey) ([]byte, error) {
	if err := checkKeys(keys); err != nil {
		return nil, fmt.Errorf("attest: %w", err)
	}
	list := make([]json.RawMessage, len(keys))
	for i, key := range keys {
		text, err := key.marshal()
		if err != nil {
			return nil, fmt.Errorf("attest: key %q: %w", key.ID, err)
		}
		list[i] = text
	}
	return json.MarshalIndent(map[string]any{"keys": list}, "", "  ")
}

func (k SigningKey) marshal() ([]byte, error) {
	members := map[string]any{"kid": k.ID}
	if k.Private != nil && !k.Withdrawn {
		text, err := jose.JSONWebKey{Key: k.Private, KeyID: k.ID, Algorithm: k.kind(), Use: "sig"}.MarshalJSON()
		if err != nil {
			return nil, errors.New("it can't be written as a JSON Web Key")
		}
		if err := json.Unmarshal(text, &members); err != nil {
			return nil, errors.New("it can't be read back")
		}
	}
	if k.Withdrawn {
		members["ms2_withdrawn"] = true
	}
	if !k.From.IsZero() {
		members["ms2_from"] = k.From.UTC().Format(time.RFC3339)
	}
	return json.Marshal(members)
}
