package protocol

import (
	"errors"
	"fmt"
	"slices"
)

var errNoAttester = errors.New("there is no Attester to sign with: set one up, or attach nothing")

// Attest signs items in as few attestations as the limits allow, for an answer that carries them in its body. Of two items with
// the same SID the first counts; a kind or version that breaks [Entity]'s rule is left out. subject is whom they are for, "" for
// anybody. How new items must be is said at [Attach].
//
// The error is an [*ItemError] for a malformed SID, and then nothing was signed. Otherwise it says how many SIDs could not be
// attested and wraps why the first could not, and the attestations of all others are returned beside it. A panic of a's counts as
// an error.
func Attest(a Attester, subject string, items ...Attested) ([]string, error) {
	if err := checkWho(a, subject); err != nil {
		return nil, err
	}
	items, err := attestable(items)
	if err != nil {
		return nil, err
	}
	return signAll(a, subject, items)
}

func checkWho(a Attester, subject string) error {
	if a == nil {
		return errNoAttester
	}
	if subject == "" {
		return nil
	}
	return checkSubject(subject)
}

// attestable returns items with each SID once, as they may be signed.
func attestable(items []Attested) ([]Attested, error) {
	good := make([]Attested, 0, len(items))
	seen := make(map[string]bool, len(items))
	for i, item := range items {
		if err := CheckSID(item.SID); err != nil {
			return nil, &ItemError{Index: i, SID: item.SID, Err: err}
		}
		if !seen[item.SID] {
			good = append(good, Attested{SID: item.SID, Kind: label(item.Kind), Version: label(item.Version)})
		}
		seen[item.SID] = true
	}
	return good, nil
}

// signAll signs items, which are fit for it, in sets.
func signAll(a Attester, subject string, items []Attested) ([]string, error) {
	s := signing{attester: a, subject: subject}
	for set := range slices.Chunk(items, MaxAttested) {
		s.add(set)
	}
	if s.missed > 0 {
		return s.tokens, fmt.Errorf("%d of %d SIDs are not attested, first %w", s.missed, len(items), s.first)
	}
	return s.tokens, nil
}

// signing is the state of signing many items.
type signing struct {
	attester Attester
	subject  string
	tokens   []string
	missed   int   // items that are in none
	first    error // why
}

// add signs a set, in halves when one attestation has no room for it.
func (s *signing) add(set []Attested) {
	token, err := signOne(s.attester, s.subject, set)
	switch {
	case err == nil:
		s.tokens = append(s.tokens, token)
	case errors.Is(err, ErrAttestationTooLarge) && len(set) > 1:
		half := len(set) / 2
		s.add(set[:half])
		s.add(set[half:])
	default:
		if s.missed == 0 {
			s.first = fmt.Errorf("%s: %w", set[0].SID, err)
		}
		s.missed += len(set)
	}
}

// signOne signs one set by the attester's code, whose panic is an error like another.
func signOne(a Attester, subject string, set []Attested) (token string, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			token, err = "", fmt.Errorf("panic while signing: %v", cause)
		}
	}()
	if token, err = a.Sign(subject, set...); err == nil {
		err = checkAttestation(token)
	}
	return token, err
}
