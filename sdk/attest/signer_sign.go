package attest

import (
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"ms2.internal/lb/sdk/protocol"
)

// Sign returns an attestation that all items, 1 to [protocol.MaxAttested] different SIDs, are valid from now on for Life. It is
// bound to subject, of at most [protocol.MaxSubjectBytes]; "" is for anybody, and an error with [SignerOptions.RequireSubject]. One
// SID a token is the most useful: a page combines them freely.
//
// The error says what is wrong with which item, as a [*protocol.ItemError]; it wraps [protocol.ErrAttestationTooLarge] when fewer
// items would do.
func (s *Signer) Sign(subject string, items ...Item) (string, error) {
	if err := checkItems(items); err != nil {
		return "", fmt.Errorf("attest: %w", err)
	}
	if subject == "" && s.requireSubject {
		return "", errNoSubject
	}
	if len(subject) > protocol.MaxSubjectBytes {
		return "", fmt.Errorf("attest: the subject is longer than %d bytes: use a shorter name, or its digest", protocol.MaxSubjectBytes)
	}
	now := time.Now()
	token, err := s.view(now).current.token(s.claims(now, subject, items))
	if err != nil {
		return "", fmt.Errorf("attest: %w", err)
	}
	return token, nil
}

var errNoSubject = errors.New("attest: anybody could use an attestation without a subject: give the subject, or unset RequireSubject")

func (s *Signer) claims(now time.Time, subject string, items []Item) protocol.Claims {
	issued := now.Unix()
	c := protocol.Claims{Issuer: s.issuer, Audience: s.audience, Issued: issued, Expires: issued + s.life, Items: items}
	if subject != "" {
		c.Binding = s.bind(subject)
	}
	return c
}

// checkItems holds items to what verifiers take.
func checkItems(items []Item) error {
	if len(items) == 0 {
		return errors.New("no SIDs to vouch for: name at least one")
	}
	if len(items) > protocol.MaxAttested {
		return fmt.Errorf("%w: %d SIDs of at most %d", protocol.ErrAttestationTooLarge, len(items), protocol.MaxAttested)
	}
	for i := range items {
		if err := checkItem(items[:i], &items[i]); err != nil {
			return &protocol.ItemError{Index: i, SID: items[i].SID, Err: err}
		}
	}
	return nil
}

// checkItem compares an item with those before it as well: there are too few for a map to pay.
func checkItem(before []Item, item *Item) error {
	if err := protocol.CheckSID(item.SID); err != nil {
		return err
	}
	if !validLabel(item.Kind) || !validLabel(item.Version) {
		return fmt.Errorf("kind or version is longer than %d bytes or not UTF-8: leave it empty", protocol.MaxLabelBytes)
	}
	for i := range before {
		if before[i].SID == item.SID {
			return errors.New("the SID is there twice: name each once")
		}
	}
	return nil
}

func validLabel(label string) bool {
	return len(label) <= protocol.MaxLabelBytes && utf8.ValidString(label)
}
