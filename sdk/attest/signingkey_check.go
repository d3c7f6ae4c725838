package attest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"errors"
	"fmt"
	"strings"
)

// checkKeys reports all that keeps keys from being a set to sign by.
func checkKeys(keys []SigningKey) error {
	var problems []string
	seen, usable := make(map[string]bool, len(keys)), false
	for _, k := range keys {
		if err := k.check(); err != nil {
			problems = append(problems, fmt.Sprintf("key %.64q: %v", k.ID, err))
		}
		if seen[k.ID] {
			problems = append(problems, fmt.Sprintf("key %.64q is there twice: give each key an ID of its own", k.ID))
		}
		seen[k.ID] = true
		usable = usable || !k.Withdrawn
	}
	if !usable {
		problems = append(problems, "no key to sign by: add one, GenerateKey makes it")
	}
	if len(problems) > 0 {
		return errors.New(strings.Join(problems, "; "))
	}
	return nil
}

// check reports what keeps k from signing, in words without anything of the private key.
func (k SigningKey) check() error {
	if !checkKeyID(k.ID) {
		return fmt.Errorf(`its ID must be 1 to %d bytes of visible ASCII without " and \`, maxKeyID)
	}
	if year := k.From.UTC().Year(); year < 1 || year > 9999 {
		return errors.New("its From is beyond the year 9999: set an earlier one")
	}
	if k.Withdrawn && k.Private == nil {
		return nil
	}
	return checkPrivate(k.Private)
}

func checkPrivate(private crypto.Signer) error {
	switch p := private.(type) {
	case ed25519.PrivateKey:
		if len(p) != ed25519.PrivateKeySize || !ed25519.NewKeyFromSeed(p.Seed()).Equal(p) {
			return errors.New("its Ed25519 halves do not belong together: generate a new one")
		}
		return nil
	case *ecdsa.PrivateKey:
		return checkP256(p)
	}
	return fmt.Errorf("its Private is a %T: set an ed25519.PrivateKey or an *ecdsa.PrivateKey on P-256", private)
}

func checkP256(p *ecdsa.PrivateKey) error {
	if p == nil || p.Curve != elliptic.P256() || p.D == nil || p.X == nil || p.Y == nil { // nil panics below
		return errors.New("its ECDSA key is not on P-256: generate another")
	}
	private, err := p.ECDH()
	if err != nil {
		return errors.New("its ECDSA key is out of range: generate another")
	}
	if public, err := p.PublicKey.ECDH(); err != nil || !private.PublicKey().Equal(public) {
		return errors.New("its ECDSA halves do not belong together: generate another")
	}
	return nil
}
