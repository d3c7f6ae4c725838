package protocol

import (
	"fmt"
	"net/http"
	"strings"
)

// Attach signs items and adds the attestations to h in [HeaderAttestation], one a SID, so that a page can send on any of them
// with any other. Call it before the answer's header is written. Of two items with the same SID the first counts; a kind or version
// that breaks [Entity]'s rule is left out. subject is whom they are for, "" for anybody: an answer with attestations for one user
// must not be kept for another, so it needs Cache-Control: private or no-store.
//
// What items say must have been read within the last second, and not from a copy that may be behind: an attestation is dated when
// it is signed, and a change before that which it does not know of would count as known.
//
// After an error h is as it was. It wraps [ErrTooLarge] when there are more than [MaxAttestations], those in h before included,
// or they take more than [MaxAttestationHeader]: sign them by [Attest] then, and put them into the body. It is an [*ItemError]
// for a malformed SID, and otherwise what Sign said; a panic of a's counts as that too.
func Attach(h http.Header, a Attester, subject string, items ...Attested) error {
	if err := checkWho(a, subject); err != nil {
		return err
	}
	items, err := attestable(items)
	if err != nil {
		return err
	}
	tokens, err := Attestations(h)
	if err != nil {
		return err
	}
	if n := len(tokens) + len(items); n > MaxAttestations {
		return fmt.Errorf("%w: %d attestations for a header of at most %d, put them into the body", ErrTooLarge, n, MaxAttestations)
	}
	for _, item := range items {
		token, err := signOne(a, subject, []Attested{item})
		if err != nil {
			return fmt.Errorf("attesting %s: %w", item.SID, err)
		}
		tokens = append(tokens, token)
	}
	return setAttestations(h, tokens)
}

func setAttestations(h http.Header, tokens []string) error {
	if len(tokens) == 0 {
		return nil
	}
	field := strings.Join(tokens, ",")
	if len(field) > MaxAttestationHeader {
		return fmt.Errorf("%w: %d bytes of attestations for a header of at most %d, put them into the body",
			ErrTooLarge, len(field), MaxAttestationHeader)
	}
	h.Set(HeaderAttestation, field)
	return nil
}

// Attestations returns what h carries in [HeaderAttestation]: all its fields joined and split at the commas, without the white
// space around, and without empty ones. nil for none. Whether they are attestations is for who verifies them to say.
//
// The error wraps [ErrTooLarge] when there are more than [MaxAttestations], or the fields take more than [MaxAttestationHeader].
func Attestations(h http.Header) (tokens []string, err error) {
	fields := h.Values(HeaderAttestation)
	size := max(len(fields)-1, 0) // the commas that join them
	for _, field := range fields {
		size += len(field)
	}
	if size > MaxAttestationHeader {
		return nil, fmt.Errorf("%w: %d bytes of %s, at most %d", ErrTooLarge, size, HeaderAttestation, MaxAttestationHeader)
	}
	for _, field := range fields {
		for token := range strings.SplitSeq(field, ",") {
			if token = strings.Trim(token, " \t"); token != "" {
				tokens = append(tokens, token)
			}
		}
	}
	if len(tokens) > MaxAttestations {
		return nil, fmt.Errorf("%w: %d attestations in %s, at most %d", ErrTooLarge, len(tokens), HeaderAttestation, MaxAttestations)
	}
	return tokens, nil
}
