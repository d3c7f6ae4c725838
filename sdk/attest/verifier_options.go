package attest

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// VerifierOptions says which attestations count. Issuer and Audience are needed; everything else has a default.
type VerifierOptions struct {
	// Issuer is the name that MS2 signs by, in each token and as ms2_issuer in its key set. It has no default. A mistake here refuses
	// MS2's own key set, so that nothing can be attested; with the keys from a file that names no issuer it refuses genuine data:
	// watch Stats().Attestations.Forged["issuer"] when you roll out.
	Issuer string

	// Audience is the service that tokens must be for: this one, in the words of [SignerOptions.Audience]. It has no default. A token for
	// another is an [sdk.ErrForged], and MS2 is not asked. So a mistake here refuses genuine data: watch
	// Stats().Attestations.Forged["audience"] when you roll out.
	Audience string

	// Algorithms are those in use, of [EdDSA] and [ES256]; nil means EdDSA alone. Keys of others count for nothing, and MS2 is asked for what they signed.
	Algorithms []string

	// MaxLife is for how long after it was issued a token is believed at most, whatever it says: 1s to 24h; 0 means 15m.
	MaxLife time.Duration

	// Skew is by how much MS2's clock may be ahead of ours: at most 5m; 0 means 30s, a negative duration none. It prolongs nothing.
	Skew time.Duration

	// KeysFile is a file with the key set, the public one, followed while it changes: MS2 is not asked for keys. Empty means MS2_KEYS_FILE, and
	// without that MS2's own key set.
	KeysFile string

	// KeysInsecure allows keys that came without TLS, by which anyone on the path may forge. So does MS2_KEYS_INSECURE=on.
	KeysInsecure bool

	// Peppers are the secrets that a token may be bound by, tried in order: [SignerOptions.Pepper] is one of them. An empty element
	// stands for none, and nil is none alone; at most 8. A token that was bound by any other is an [sdk.ErrForged] (subject), since it
	// can't be told from another user's: MS2 is not asked.
	//
	// So bring a pepper in, or change it, in three steps: give the verifiers the new one beside the old (or the empty one); then give it
	// to MS2; then, when [SignerOptions.Life] has passed, take the old one from the verifiers.
	Peppers [][]byte `json:"-"`

	// RequireBinding has MS2 asked in place of a token that is bound to nobody.
	RequireBinding bool

	// Remember is how many verified tokens are remembered, so that they cost no signature again: at most 1048576, rounded up to a
	// multiple of 7; 0 means 4096, a negative number none. A token takes about its own size twice.
	Remember int
}

const (
	maxRemember = 1 << 20
	maxPeppers  = 8 // each costs a digest for a token that is bound to somebody else
)

func (o VerifierOptions) withDefaults() VerifierOptions {
	if len(o.Algorithms) == 0 {
		o.Algorithms = []string{EdDSA}
	}
	if len(o.Peppers) == 0 {
		o.Peppers = [][]byte{nil}
	}
	o.MaxLife = cmp.Or(o.MaxLife, 15*time.Minute)
	o.Skew = max(0, cmp.Or(o.Skew, 30*time.Second))
	o.Remember = max(0, cmp.Or(o.Remember, 4096))
	o.Algorithms = slices.Clone(o.Algorithms)
	return o
}

// check returns an error that names every field that is wrong, and what would be right.
func (o VerifierOptions) check() error {
	var problems []string
	bad := func(wrong bool, format string, args ...any) {
		if wrong {
			problems = append(problems, fmt.Sprintf(format, args...))
		}
	}
	bad(o.Issuer == "", "Issuer is empty: set the name that MS2 signs by")
	bad(o.Audience == "", "Audience is empty: set the name that MS2 signs for this service")
	for field, name := range map[string]string{"Issuer": o.Issuer, "Audience": o.Audience} {
		bad(name != "" && checkName(name) != nil, "%s is not 1 to %d bytes of UTF-8, as no token's is: set the one that MS2 signs by", field, maxNameBytes)
	}
	for _, a := range o.Algorithms {
		bad(a != EdDSA && a != ES256, "Algorithms has %q: only %s and %s are known", a, EdDSA, ES256)
	}
	bad(o.MaxLife < time.Second || o.MaxLife > 24*time.Hour, "MaxLife is %v: set 1s to 24h, or 0 for 15m", o.MaxLife)
	bad(o.Skew > 5*time.Minute, "Skew is %v: set at most 5m, 0 for 30s, or less than 0 for none", o.Skew)
	bad(len(o.Peppers) > maxPeppers, "Peppers has %d: set at most %d, those that tokens under way are bound by", len(o.Peppers), maxPeppers)
	bad(o.Remember > maxRemember, "Remember is %d: set at most %d, 0 for 4096, or less than 0 for none", o.Remember, maxRemember)
	if problems == nil {
		return nil
	}
	return errors.New("attest: bad VerifierOptions: " + strings.Join(problems, "; "))
}
