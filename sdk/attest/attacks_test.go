package attest_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/attest"
)

// attack is one row: what is tried, in several variants, and that the outcome is the right one. Tokens marked † in its name carry a
// genuine signature: the gate or the policy refuses them, not the signature.
type attack struct {
	name string
	run  func(t *testing.T, f *forge)
}

// attacks are what research and experience know of, in order.
func attacks() (all []attack) {
	for _, some := range [][]attack{
		algorithmAttacks, headerAttacks, signatureAttacks, setAttacks, textAttacks, criticalAttacks, shapeAttacks,
		itemAttacks, timeAttacks, audienceAttacks, floodAttacks,
	} {
		all = append(all, some...)
	}
	return all
}

func TestEveryKnownAttackHasItsOutcome(t *testing.T) {
	f := newForge(t)
	names := map[string]bool{}
	for _, a := range attacks() {
		number, _, _ := strings.Cut(a.name, " ")
		names[number] = true
		t.Run(a.name, func(t *testing.T) { a.run(t, f) })
	}
	for n := 1; n <= 62; n++ {
		if !names[fmt.Sprint(n)] {
			t.Errorf("attack %d has no row", n)
		}
	}
}

// refused wants each token to be forged for one of the reasons.
func refused(t *testing.T, v *attest.Verifier, reasons string, tokens ...string) {
	t.Helper()
	for _, token := range tokens {
		said, err := v.Verify(token, "")
		var why *sdk.AttestationError
		if said != nil || !errors.Is(err, sdk.ErrForged) || !errors.As(err, &why) || !strings.Contains(reasons, why.Reason) {
			t.Errorf("%s: %v, %v, want it forged: %s", shown(token), said, err, reasons)
		}
	}
	if kept, _ := v.Kept(); kept > 0 {
		t.Errorf("%d tokens remembered", kept)
	}
}

// asked wants MS2 to be asked instead of each token, for one of the reasons.
func asked(t *testing.T, v *attest.Verifier, reason string, tokens ...string) {
	t.Helper()
	for _, token := range tokens {
		said, err := v.Verify(token, "")
		var why *sdk.AttestationError
		if said != nil || errors.Is(err, sdk.ErrForged) || !errors.As(err, &why) || why.Reason != reason {
			t.Errorf("%s: %v, %v, want MS2 asked: %s", shown(token), said, err, reason)
		}
	}
}

// taken wants each token to count, now and when it is remembered, and returns what the last one says.
func taken(t *testing.T, v *attest.Verifier, subject string, tokens ...string) (said *sdk.Attestation) {
	t.Helper()
	for _, token := range tokens {
		for _, when := range []string{"at first", "again"} {
			var err error
			if said, err = v.Verify(token, subject); err != nil {
				t.Fatalf("%s: %s: %v", shown(token), when, err)
			}
		}
	}
	return said
}

// shown is what of a token fits in a line.
func shown(token string) string {
	if len(token) > 300 {
		return fmt.Sprintf("%q... of %d bytes", token[:300], len(token))
	}
	return fmt.Sprintf("%q", token)
}

func refuse(reasons string, tokens func(f *forge) []string) func(*testing.T, *forge) {
	return func(t *testing.T, f *forge) { refused(t, f.verifier(t), reasons, tokens(f)...) }
}

func ask(reason string, tokens func(f *forge) []string) func(*testing.T, *forge) {
	return func(t *testing.T, f *forge) { asked(t, f.verifier(t), reason, tokens(f)...) }
}

// signedHeaders refuses genuine tokens with these headers.
func signedHeaders(reasons string, headers ...string) func(*testing.T, *forge) {
	return refuse(reasons, func(f *forge) (tokens []string) {
		for _, h := range headers {
			tokens = append(tokens, f.token(h, claims()))
		}
		return tokens
	})
}

// signedClaims refuses genuine tokens with these claims, which are made when the row runs.
func signedClaims(reasons string, payloads func() []string) func(*testing.T, *forge) {
	return refuse(reasons, func(f *forge) (tokens []string) {
		for _, p := range payloads() {
			tokens = append(tokens, f.token(edHeader, p))
		}
		return tokens
	})
}
