package attest_test

import (
	"errors"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/attest"
)

// A verifier that NewVerifier did not make is refused when the client is made, and panics nowhere.
func TestAVerifierThatWasNotMadeIsAnErrorOfOpen(t *testing.T) {
	var none *attest.Verifier
	for name, v := range map[string]*attest.Verifier{"nil": none, "zero": {}} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if p := recover(); p != nil {
					t.Errorf("panicked: %v", p)
				}
			}()
			_, err := sdk.New(sdk.Config{Endpoints: []string{"127.0.0.1:1"}, KeysInsecure: true}, sdk.WithAttestations(v))
			if err == nil || !strings.Contains(err.Error(), "NewVerifier") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// An ID that was given to another key, in two clusters or by a deployment, makes genuine tokens look forged. While that is
// known to have happened MS2 is asked.
func TestAnIDThatHadAnotherKeyOfLateForgesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before, after := newForge(t), newForge(t)
		v := before.verifier(t)
		take := func(f *forge) {
			t.Helper()
			if err := v.Take(jwks(issuer, f.edKey("ed-1"))); err != nil {
				t.Fatal(err)
			}
		}
		take(before)
		token := before.genuine()
		refused(t, v, "signature", after.genuine())
		taken(t, v, "", token)
		take(after)
		asked(t, v, "unknown_key", token, before.token(edHeader, claims()))
		taken(t, v, "", after.genuine())
		asked(t, v, "unknown_key", before.token(edHeader, claims()))
		time.Sleep(24 * time.Hour)
		if _, err := v.Verify(before.token(edHeader, claims()), ""); !errors.Is(err, sdk.ErrForged) {
			t.Errorf("a day later: %v", err)
		}
	})
}

// A pipe has no end until somebody writes, and a device may have none at all.
func TestAFileOfSigningKeysThatIsNoFileIsAnErrorAndNoHang(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "keys")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := attest.NewSigner(attest.SignerOptions{Issuer: issuer, Audience: "ms1", KeysFile: pipe})
		done <- err
	}()
	select {
	case err := <-done:
		if err == nil || !strings.Contains(err.Error(), pipe) {
			t.Errorf("got %v", err)
		}
	case <-time.After(5 * time.Second):
		t.Error("it waits for a writer")
	}
}

// Such a name is in no token: all would look forged.
func TestANameThatNoSignerTakesIsNoneToVerifyBy(t *testing.T) {
	for _, name := range []string{strings.Repeat("x", 257), "ms\xff"} {
		for field, o := range map[string]attest.VerifierOptions{
			"Issuer": {Issuer: name, Audience: "ms1"}, "Audience": {Issuer: issuer, Audience: name},
		} {
			if _, err := attest.NewVerifier(o); err == nil || !strings.Contains(err.Error(), field) {
				t.Errorf("%s %q: %v", field, name, err)
			}
		}
	}
}

// MS2 turned to an algorithm that this verifier knows nothing of, with a key of its own: nothing is forged.
func TestAnAlgorithmOfLaterHasMS2Asked(t *testing.T) {
	f := newForge(t)
	v := f.verifier(t)
	for _, alg := range []string{"Ed25519", "ES384", "RS256", "ML-DSA-65"} {
		asked(t, v, "unknown_key", f.token(`{"alg":"`+alg+`","kid":"later-1","typ":"ms2-attest+jwt"}`, claims()))
		refused(t, v, "algorithm", f.token(`{"alg":"`+alg+`","kid":"ed-1","typ":"ms2-attest+jwt"}`, claims()))
	}
	refused(t, v, "algorithm", f.token(`{"alg":"HS256","kid":"later-1","typ":"ms2-attest+jwt"}`, claims()))
}
