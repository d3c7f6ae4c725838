package attest

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"
	"unicode/utf8"
)

// SignerOptions set up a [Signer]. Issuer, Audience, and Keys or KeysFile are needed. It prints without its secrets.
type SignerOptions struct {
	// Issuer is who signs: the claim iss, and the member ms2_issuer of the key set. Verifiers must be told the same. 1 to 256
	// bytes.
	Issuer string

	// Audience is who may rely on the tokens: the claim aud. Verifiers must be told the same. 1 to 256 bytes. A token is for one
	// audience, and at another it is refused as forged. An MS2 whose pages serve two services has a Signer for each, which may
	// follow one KeysFile, and hands out a token of each. The doors sign by one of them, the [protocol.HandlerOptions.Attester].
	Audience string

	// Life is for how long a token counts, in whole seconds, the rest cut off: 1s to 24h. 0: 10m. Verifiers have a maximum of
	// their own, 15m by default.
	Life time.Duration

	// Keys are the first set of keys. [Signer.Rotate] replaces it.
	Keys []SigningKey

	// KeysFile has the keys instead, the private ones, as [ParseSigningKeys] reads them; the command ms2keys beside this package
	// makes and rotates it. It is read again every 10 s while the Signer is used, so that all replicas rotate when it is replaced. One
	// that can't be used is logged; the last good set stays. One that others than its owner may open is warned of, but on Windows.
	KeysFile string

	// KeySetMaxAge is for how long verifiers may keep the published keys, in whole seconds, the rest cut off: 1m to 1h. 0: 10m.
	KeySetMaxAge time.Duration

	// Pepper is a secret shared with the verifiers, 32 random bytes for example: without it a subject that can be guessed, such
	// as a customer number, can be found out from a token by trying. Empty: none. The verifiers must have it first: where they
	// do not, each bound token is refused as forged. [VerifierOptions.Peppers] says how to change it.
	Pepper []byte `json:"-"`

	// RequireSubject makes an attestation for nobody an error, so that a page without its user can't hand out tokens that anybody may
	// use. The doors answer who names no subject without an attestation then. Set it where all tokens are for users.
	RequireSubject bool

	// Logger is told of changes of the keys, and of a KeysFile that can't be used, once when that begins and once when it ends.
	// nil: slog.Default().
	Logger *slog.Logger `json:"-"`
}

const (
	defaultLife         = 10 * time.Minute
	minLife, maxLife    = time.Second, 24 * time.Hour
	defaultKeySetMaxAge = 10 * time.Minute
	minKeySetMaxAge     = time.Minute
	maxKeySetMaxAge     = time.Hour
	maxNameBytes        = 256 // of issuer and audience
)

// Format writes what is no secret, whatever the verb.
func (o SignerOptions) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, fmt.Sprintf("signer options: issuer %q, audience %q, life %v, keys %v, keys file %q, key set max age %v, "+
		"require subject %t", o.Issuer, o.Audience, o.Life, o.Keys, o.KeysFile, o.KeySetMaxAge, o.RequireSubject))
}

// withDefaults returns the options with each zero field set to its default.
func (o SignerOptions) withDefaults() SignerOptions {
	if o.Life == 0 {
		o.Life = defaultLife
	}
	if o.KeySetMaxAge == 0 {
		o.KeySetMaxAge = defaultKeySetMaxAge
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o
}

// check reports all that is wrong at once.
func (o SignerOptions) check() error {
	var problems []string
	add := func(field string, err error) {
		if err != nil {
			problems = append(problems, "SignerOptions."+field+": "+err.Error())
		}
	}
	add("Issuer", checkName(o.Issuer))
	add("Audience", checkName(o.Audience))
	add("Life", checkRange(o.Life, minLife, maxLife))
	add("KeySetMaxAge", checkRange(o.KeySetMaxAge, minKeySetMaxAge, maxKeySetMaxAge))
	add("Keys", o.checkKeys())
	add("KeysFile", o.checkFile())
	switch len(problems) {
	case 0:
		return nil
	case 1:
		return errors.New("attest: " + problems[0])
	}
	return fmt.Errorf("attest: %d problems:\n  %s", len(problems), strings.Join(problems, "\n  "))
}

func checkName(name string) error {
	if name == "" || len(name) > maxNameBytes || !utf8.ValidString(name) {
		return fmt.Errorf("%.32q: set 1 to %d bytes of UTF-8, the same at the verifiers", name, maxNameBytes)
	}
	return nil
}

func checkRange(d, low, high time.Duration) error {
	if d < low || d > high {
		return fmt.Errorf("%v: set %v to %v, or 0 for the default", d, low, high)
	}
	return nil
}

func (o SignerOptions) checkKeys() error {
	switch {
	case o.KeysFile == "" && len(o.Keys) == 0:
		return errors.New("none: set keys, GenerateKey makes one, or name a KeysFile")
	case o.KeysFile != "" && len(o.Keys) > 0:
		return errors.New("there is a KeysFile too: set one of the two")
	case o.KeysFile != "":
		return nil
	}
	return checkKeys(o.Keys)
}

func (o SignerOptions) checkFile() error {
	if o.KeysFile == "" {
		return nil
	}
	if err := (&keysFile{path: o.KeysFile}).load(func([]SigningKey) error { return nil }); err != nil {
		return fmt.Errorf("%s: %w", o.KeysFile, err)
	}
	return nil
}
