package attest_test

import (
	"crypto"
	"strings"
	"testing"

	"ms2.internal/lb/sdk/attest"
)

// boundBy is a token for alice by a signer with a pepper.
func boundBy(t *testing.T, key attest.SigningKey, pepper string) string {
	t.Helper()
	token, err := signerOf(t, attest.SignerOptions{Pepper: []byte(pepper)}, key).Sign("alice", one)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestAPepperIsBroughtInAndChangedWithoutARefusal(t *testing.T) {
	f, key := newForge(t), keyOf(t, "k1", attest.EdDSA)
	tokens := map[string]string{"": boundBy(t, key, ""), "old": boundBy(t, key, "old"), "new": boundBy(t, key, "new")}
	for _, step := range []struct {
		peppers [][]byte
		count   []string
	}{
		{nil, []string{""}},
		{[][]byte{{}}, []string{""}},
		{[][]byte{nil, []byte("old")}, []string{"", "old"}},
		{[][]byte{[]byte("old"), nil}, []string{"", "old"}},
		{[][]byte{[]byte("old")}, []string{"old"}},
		{[][]byte{[]byte("new"), []byte("old")}, []string{"old", "new"}},
		{[][]byte{[]byte("new"), []byte("new")}, []string{"new"}},
	} {
		v := f.verifier(t, peppered(step.peppers...))
		v.Hold(map[string]crypto.PublicKey{"k1": public(key)})
		for pepper, token := range tokens {
			if strings.Contains("|"+strings.Join(step.count, "|")+"|", "|"+pepper+"|") {
				taken(t, v, "alice", token)
			} else if _, err := v.Verify(token, "alice"); reasonOf(err) != attest.ReasonSubject || !strings.Contains(err.Error(), "another Pepper") {
				t.Errorf("peppers %q, bound by %q: %v", step.peppers, pepper, err)
			}
			if _, err := v.Verify(token, "bob"); reasonOf(err) != attest.ReasonSubject {
				t.Errorf("peppers %q, bound by %q to another: %v", step.peppers, pepper, err)
			}
		}
	}
}

func TestATokenThatIsRememberedIsNotBoundAgain(t *testing.T) {
	f, key := newForge(t), keyOf(t, "k1", attest.EdDSA)
	v := f.verifier(t, peppered([]byte("new"), []byte("old"), nil))
	v.Hold(map[string]crypto.PublicKey{"k1": public(key)})
	token := boundBy(t, key, "old")
	taken(t, v, "alice", token)
	if n := testing.AllocsPerRun(100, func() { v.Verify(token, "alice") }); n != 0 { // a digest takes some
		t.Errorf("%v allocations", n)
	}
}
