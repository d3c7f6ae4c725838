package attest

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"ms2.internal/lb/sdk/protocol"
)

// Signer makes attestations and publishes the keys that they are checked against: it is the [protocol.Attester] of MS2. It has no
// goroutine and needs no closing. Its methods may be called concurrently.
//
// # Rotation
//
// Of the keys in use the one with the latest From signs, of equal ones the first. A key of the first set may sign at once, or
// from its From. A key that a later set brings is published at once and signs when all verifiers know it: after
// [SignerOptions.KeySetMaxAge] and 30 s, or from its From where that is later; the key before it signs on until then. A key that
// a later set lacks is no longer used once another may sign. It stays published until the last token of any replica is over.
// There is always a key that signs: where none may yet, it is the last one, or else the one that may soonest.
//
// For one replica a rotation is to replace the set by one with the new key. Several replicas, whether they follow one KeysFile or
// are restarted one after the other, take two steps, since one that starts in between signs by what it is given:
//
//  1. Add the new key, with a From when the last replica will have had it for KeySetMaxAge and 30 s: each replica publishes it before
//     any signs by it. [GenerateKey] sets a From that suits the default.
//  2. Remove the old key when Life has passed since that From.
//
// The command ms2keys beside this package takes these steps for a file: go run ms2.internal/lb/sdk/attest/ms2keys -h.
//
// A key that is compromised goes at once, whatever the times: hand in the set with the key marked as Withdrawn, and another key
// in it. Verifiers forget it within their next renewal and 30 s. Until they have fetched that other key they ask MS2.
type Signer struct {
	issuer, audience string
	life             int64 // seconds
	maxAge           int64 // of the key set, seconds
	bind             func(subject string) string
	requireSubject   bool
	log              *slog.Logger
	file             *keysFile // nil: the keys are handed in
	shown            atomic.Pointer[view]

	mu       sync.Mutex // guards rotation
	rotation rotation
}

// NewSigner returns a Signer. The error names all that is wrong with the options at once, a KeysFile included.
func NewSigner(o SignerOptions) (*Signer, error) {
	o = o.withDefaults()
	if err := o.check(); err != nil {
		return nil, err
	}
	maxAge, life := o.KeySetMaxAge.Truncate(time.Second), o.Life.Truncate(time.Second)
	lead, pepper := maxAge+cooldown, append([]byte(nil), o.Pepper...)
	s := &Signer{
		issuer: o.Issuer, audience: o.Audience, requireSubject: o.RequireSubject, log: o.Logger,
		life: int64(life / time.Second), maxAge: int64(maxAge / time.Second),
		bind:     func(subject string) string { return binding(o.Audience, subject, pepper) },
		rotation: rotation{lead: lead, keep: life + lead}, // another replica may sign by a key for lead after this one stopped
	}
	if o.KeysFile == "" {
		if err := s.replace(o.Keys); err != nil {
			return nil, fmt.Errorf("attest: SignerOptions.Keys: %w", err)
		}
		return s, nil
	}
	s.file = &keysFile{path: o.KeysFile, born: time.Now()}
	if err := s.file.load(s.replace); err != nil {
		return nil, fmt.Errorf("attest: SignerOptions.KeysFile: %s: %w", o.KeysFile, err)
	}
	s.warnOfMode()
	return s, nil
}

// Rotate makes keys the set in use; see [Signer] for what becomes of the keys before. After an error the set before stays in use.
// A Signer with a KeysFile is rotated by replacing that file.
func (s *Signer) Rotate(keys ...SigningKey) error {
	if s.file != nil {
		return errors.New("attest: this signer follows a file of keys: replace the file instead")
	}
	if err := s.replace(keys); err != nil {
		return fmt.Errorf("attest: %w", err)
	}
	return nil
}

// Format writes the issuer and the ID of the key in use, whatever the verb.
func (s *Signer) Format(f fmt.State, _ rune) {
	if s == nil {
		_, _ = io.WriteString(f, "no signer")
		return
	}
	_, _ = fmt.Fprintf(f, "signer of %q by key %q", s.issuer, s.shown.Load().current.id)
}

var _ protocol.Attester = (*Signer)(nil)
