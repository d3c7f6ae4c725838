package attest

import (
	"cmp"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"
)

// keyHead is what a JSON Web Key says of itself (RFC 7517, 4), before its numbers are looked at.
type keyHead struct {
	Type       string   `json:"kty"`
	Curve      string   `json:"crv"`
	ID         string   `json:"kid"`
	Use        string   `json:"use"`
	Algorithm  string   `json:"alg"`
	Operations []string `json:"key_ops"`
	secret
	err error // why it cannot be read
}

// secret are the members of private and symmetric keys (RFC 7518, 6; RFC 9964). They are present or not, and never read.
type secret struct {
	D    present `json:"d"`
	K    present `json:"k"`
	P    present `json:"p"`
	Q    present `json:"q"`
	DP   present `json:"dp"`
	DQ   present `json:"dq"`
	QI   present `json:"qi"`
	Oth  present `json:"oth"`
	Priv present `json:"priv"`
}

// present reports whether a member was there, whatever its value.
type present bool

// UnmarshalJSON is called for a member that is there.
func (p *present) UnmarshalJSON([]byte) error {
	*p = true
	return nil
}

// readHead reads the head of a key. One whose ID cannot be used has none.
func readHead(text []byte) (h keyHead) {
	h.err = json.Unmarshal(text, &h)
	if !checkKeyID(h.ID) {
		h.ID = ""
	}
	return h
}

// name names the key at an index of its set, by its ID if it has one.
func (h *keyHead) name(index int) string {
	if h.ID == "" {
		return fmt.Sprintf("key %d", index+1)
	}
	return "key " + h.ID
}

// load returns the key of the text that h is the head of. The error says why it is of no use.
func (h *keyHead) load(text []byte) (*key, error) {
	if err := h.check(); err != nil {
		return nil, err
	}
	var k jose.JSONWebKey
	if err := json.Unmarshal(text, &k); err != nil {
		return nil, err
	}
	if err := checkPublic(k.Key); err != nil {
		return nil, err
	}
	return &key{id: h.ID, algorithm: h.algorithm(), public: k.Key}, nil
}

// check judges the key by its head.
func (h *keyHead) check() error {
	switch {
	case h.err != nil:
		return h.err
	case h.secret != secret{}:
		return errors.New("it is private or symmetric, which must not be published: replace it, it is known to others now")
	case h.ID == "":
		return errors.New("its ID is missing, or is not 1 to 64 bytes of visible ASCII without quote and backslash")
	case h.algorithm() == "":
		return fmt.Errorf("its type is %s, want OKP with Ed25519, or EC with P-256", clip(cmp.Or(strings.TrimSpace(h.Type+" "+h.Curve), "missing"), maxWords))
	case h.Use != "" && h.Use != "sig", h.Operations != nil && !slices.Contains(h.Operations, "verify"):
		return errors.New("its use is other than to verify signatures")
	case h.Algorithm != "" && h.Algorithm != h.algorithm():
		return fmt.Errorf("its algorithm is %s, want %s for its type", clip(h.Algorithm, maxWords), h.algorithm())
	}
	return nil
}

// algorithm is the one that keys of this type verify; "" for other types.
func (h *keyHead) algorithm() string {
	switch {
	case h.Type == "OKP" && h.Curve == "Ed25519":
		return EdDSA
	case h.Type == "EC" && h.Curve == "P-256":
		return ES256
	}
	return ""
}

// checkPublic refuses what go-jose lets pass. It did look for the points of P-256 that are off the curve.
func checkPublic(public crypto.PublicKey) error {
	switch public := public.(type) {
	case ed25519.PublicKey:
		return checkEd25519(public)
	case *ecdsa.PublicKey:
		return nil
	}
	return errors.New("it is no public key")
}
