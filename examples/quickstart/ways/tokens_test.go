package ways

import (
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/attest"
)

// newTestSigners are signers with keys of their own, and who verifies what they sign.
func newTestSigners(t *testing.T) (*signers, *attest.Verifier) {
	t.Helper()
	key, err := attest.GenerateKey(attest.EdDSA)
	if err != nil {
		t.Fatal(err)
	}
	private, err := attest.MarshalSigningKeys(key)
	if err != nil {
		t.Fatal(err)
	}
	s, err := newSigners(written(t, "private", private))
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	s.ms2.Keys().ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	v, err := attest.NewVerifier(attest.VerifierOptions{Issuer: "ms2", Audience: "ms1", KeysFile: written(t, "public", w.Body.Bytes())})
	if err == nil {
		err = v.Open(sdk.AttestationSetup{})
	}
	if err != nil {
		t.Fatal(err)
	}
	return s, v
}

func written(t *testing.T, name string, text []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestEachGenuineSIDHasAnAttestationForItsUser(t *testing.T) {
	t.Parallel()
	s, v := newTestSigners(t)
	before := newTestCatalogue(t).drafts("r", 60, 1)
	for _, d := range before {
		attested, err := s.attest(d)
		if err != nil {
			t.Fatal(err)
		}
		for i, l := range attested.Lines {
			expectVouched(t, v, d.user, l.Vendor.SID, l.Vendor.Attestation)
			if d.bad == genuine || d.at != i {
				expectVouched(t, v, d.user, l.Product.SID, l.Product.Attestation)
			}
			if d.Lines[i].Vendor.Attestation != "" {
				t.Fatal("the draft itself was changed, which other ways have too")
			}
		}
	}
	if s.tokens < 100 || s.each() <= 0 {
		t.Errorf("%d tokens of %v each were counted", s.tokens, s.each())
	}
}

func expectVouched(t *testing.T, v *attest.Verifier, user, sid, token string) {
	t.Helper()
	a, err := v.Verify(token, user)
	if err != nil || len(a.Items) != 1 || a.Items[0].SID != sid {
		t.Fatalf("%s of %s: %v, %v", sid, user, a, err)
	}
	if _, err := v.Verify(token, "another"); !errors.Is(err, sdk.ErrForged) {
		t.Fatalf("another user's: %v", err)
	}
}

func TestABadSIDHasWhatAThiefHas(t *testing.T) {
	t.Parallel()
	s, v := newTestSigners(t)
	seen := map[badness]bool{}
	for _, d := range newTestCatalogue(t).drafts("r", 1000, 1) {
		if d.bad == genuine {
			continue
		}
		stolen, err := s.attestBad(d, map[string]string{})
		if err != nil {
			t.Fatal(err)
		}
		seen[d.bad] = true
		token := stolen.Lines[d.at].Product.Attestation
		_, err = v.Verify(token, d.user)
		good := map[badness]bool{
			forged: errors.Is(err, sdk.ErrForged), retired: errors.Is(err, sdk.ErrForged), swapped: err == nil, malformed: token == "",
		}
		if !good[d.bad] {
			t.Errorf("%v has %q: %v", d.bad, token, err)
		}
	}
	if len(seen) != int(kinds)-1 {
		t.Errorf("only saw %v", seen)
	}
}
