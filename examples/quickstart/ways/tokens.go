package ways

import (
	"fmt"
	"os"
	"slices"
	"time"

	"ms2.internal/lb/examples/ms2/usbids"
	"ms2.internal/lb/sdk/attest"
)

// signers sign what comes with the orders: MS2's attestations, as its pages would, and counterfeits.
type signers struct {
	ms2, thief *attest.Signer

	// took is how long so many tokens took. MS2's pages pay it, before the order.
	took   time.Duration
	tokens int
}

// newSigners reads MS2's own keys. The thief signs in the name of one of them, with a key of their own.
func newSigners(keysFile string) (*signers, error) {
	text, err := os.ReadFile(keysFile)
	if err != nil {
		return nil, fmt.Errorf("MS2's keys: %w", err)
	}
	keys, err := attest.ParseSigningKeys(text)
	if err != nil {
		return nil, fmt.Errorf("MS2's keys: %w", err)
	}
	own, err := attest.GenerateKey(attest.EdDSA)
	if err != nil {
		return nil, err
	}
	own.ID, own.From = keys[0].ID, keys[0].From
	s := &signers{}
	if s.ms2, err = signer(keys); err != nil {
		return nil, err
	}
	s.thief, err = signer([]attest.SigningKey{own})
	return s, err
}

// life is how long an attestation counts: longer than a turn, and over when the way has its next one, so that verifiers have room for
// that one's.
const life = 20 * time.Second

func signer(keys []attest.SigningKey) (*attest.Signer, error) {
	return attest.NewSigner(attest.SignerOptions{Issuer: "ms2", Audience: "ms1", Life: life, Keys: keys})
}

// attest gives an order its attestations, bound to its user, one for each SID, as MS2's page gives them out. A bad SID has what a
// thief has for it.
func (s *signers) attest(d draft) (draft, error) {
	tokens := map[string]string{}
	for i, line := range d.Lines {
		for sid, kind := range map[string]string{line.Product.SID: usbids.Product, line.Vendor.SID: usbids.Vendor} {
			if _, ok := tokens[sid]; ok || d.bad != genuine && d.at == i && kind == usbids.Product {
				continue
			}
			var err error
			if tokens[sid], err = s.sign(s.ms2, d.user, sid, kind); err != nil {
				return draft{}, err
			}
		}
	}
	return s.attestBad(d, tokens)
}

// attestBad adds what a thief has for the bad SID: a counterfeit, or a vendor's own attestation in the place of a product's.
func (s *signers) attestBad(d draft, tokens map[string]string) (draft, error) {
	var err error
	switch d.bad {
	case forged, retired:
		tokens[d.sid], err = s.sign(s.thief, d.user, d.sid, usbids.Product)
	case swapped:
		tokens[d.sid], err = s.sign(s.ms2, d.user, d.sid, usbids.Vendor)
	}
	d.Lines = slices.Clone(d.Lines)
	for i := range d.Lines {
		line := &d.Lines[i]
		line.Product.Attestation, line.Vendor.Attestation = tokens[line.Product.SID], tokens[line.Vendor.SID]
	}
	return d, err
}

func (s *signers) sign(by *attest.Signer, user, sid, kind string) (string, error) {
	begin := time.Now()
	token, err := by.Sign(user, attest.Item{SID: sid, Kind: kind, Version: version})
	s.took += time.Since(begin)
	s.tokens++
	return token, err
}

// each is how long a token took.
func (s *signers) each() time.Duration { return s.took / time.Duration(max(1, s.tokens)) }
