package pages_test

import (
	"encoding/json"
	"errors"
	"testing"

	"ms2.internal/lb/examples/login"
	"ms2.internal/lb/examples/ms2/catalog"
	"ms2.internal/lb/examples/ms2/pages"
	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/attest"
	"ms2.internal/lb/sdk/protocol"
)

func TestEachEntityHasAnAttestationOfItsOwnForTheUserWhoAsked(t *testing.T) {
	t.Parallel()
	m := newMS2(t, asItIs)
	for _, user := range []string{"ada", ""} {
		for _, e := range m.list("attest=1&limit=5&prefix="+vendor, login.Header, user) {
			said, err := m.verify(e.Attestation, user)
			if err != nil || len(said.Items) != 1 || said.Items[0] != (attest.Item{SID: e.SID, Kind: e.Kind, Version: e.Version}) {
				t.Errorf("%q, %s: got %+v, %v", user, e.SID, said, err)
			}
		}
	}
	token := m.list("attest=1&prefix="+product, login.Header, "ada")[0].Attestation
	if _, err := m.verify(token, "ben"); !errors.Is(err, sdk.ErrForged) {
		t.Errorf("another user's: %v", err)
	}
}

func TestWhoIsNoUserGetsAttestationsForNobody(t *testing.T) {
	t.Parallel()
	m := newMS2(t, asItIs)
	token := m.list("attest=1&prefix="+product, login.Header, "no user")[0].Attestation
	if _, err := m.verify(token, "ben"); err != nil {
		t.Errorf("got %v", err)
	}
}

func TestOneEntityHasItsAttestationInTheHeaderToo(t *testing.T) {
	t.Parallel()
	m := newMS2(t, asItIs)
	w := m.get("/v1/entities/"+product+"?attest=1", login.Header, "ada")
	var e catalog.Entity
	if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil {
		t.Fatal(err)
	}
	if _, err := m.verify(e.Attestation, "ada"); err != nil || w.Header().Get(protocol.HeaderAttestation) != e.Attestation {
		t.Errorf("got %v and %v, %s", err, w.Header(), w.Body)
	}
}

func TestNothingIsSignedThatWasNotAskedForOrIsTooMuch(t *testing.T) {
	t.Parallel()
	m := newMS2(t, asItIs)
	for _, query := range []string{"prefix=" + vendor, "attest=0&prefix=" + vendor} {
		if e := m.list(query)[0]; e.Attestation != "" {
			t.Errorf("%s: signed", query)
		}
	}
	signed := 0
	for _, e := range m.list("attest=1&limit=300") {
		if e.Attestation != "" {
			signed++
		}
	}
	if signed != 100 {
		t.Errorf("%d of 300 were signed", signed)
	}
	without := newMS2(t, func(o *pages.Options) { o.Signer = nil })
	if e := without.list("attest=1&prefix=" + product)[0]; e.Attestation != "" {
		t.Error("signed without a signer")
	}
}

// failing can't sign.
type failing struct{ protocol.Attester }

func (failing) Sign(string, ...protocol.Attested) (string, error) { return "", errors.New("secret") }

func TestASignerThatFailsIsAFaultThatIsNotShown(t *testing.T) {
	t.Parallel()
	m := newMS2(t, func(o *pages.Options) { o.Signer = failing{} })
	for _, path := range []string{"/v1/entities?attest=1", "/v1/entities/" + product + "?attest=1"} {
		if w := m.get(path); w.Code != 500 || w.Header().Get("Cache-Control") != "no-store" || w.Body.String() != `{"type":"about:blank","title":"Internal Server Error","status":500}` {
			t.Errorf("%s: got %d %v %s", path, w.Code, w.Header(), w.Body)
		}
	}
}
