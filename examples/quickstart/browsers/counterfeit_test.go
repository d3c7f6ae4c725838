package browsers

import (
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/attest"
)

func TestACounterfeitIsNoMalformedTokenButOneOfAnotherKey(t *testing.T) {
	t.Parallel()
	key, err := attest.GenerateKey(attest.EdDSA)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := attest.NewSigner(attest.SignerOptions{Issuer: "ms2", Audience: "ms1", Keys: []attest.SigningKey{key}})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	signer.Keys().ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	file := filepath.Join(t.TempDir(), "keys.json")
	if err := os.WriteFile(file, w.Body.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	v, err := attest.NewVerifier(attest.VerifierOptions{Issuer: "ms2", Audience: "ms1", KeysFile: file})
	if err == nil {
		err = v.Open(sdk.AttestationSetup{})
	}
	if err != nil {
		t.Fatal(err)
	}
	genuine, err := signer.Sign("", attest.Item{SID: "usb:046d:c52b", Kind: "product"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Verify(genuine, ""); err != nil {
		t.Errorf("the genuine one: %v", err)
	}
	var why *sdk.AttestationError
	_, err = v.Verify(counterfeited(genuine, "usb:046d:c52b", "usb:046d:0000"), "")
	if !errors.As(err, &why) || why.Reason != attest.ReasonSignature || !errors.Is(err, sdk.ErrForged) {
		t.Errorf("the counterfeit: %v", err)
	}
}
