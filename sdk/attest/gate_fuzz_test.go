package attest_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"ms2.internal/lb/sdk/attest"
)

// FuzzGate holds the gate and the reader of headers against go-jose and encoding/json: what we take, they take, and read alike; what
// is plainly a token's form, we take.
func FuzzGate(f *testing.F) {
	forge := fixedForge()
	for _, header := range []string{edHeader, ecHeader, head("kid", `"\u0041\ud800\\\/\""`), head("kid", `"é"`),
		head("alg", `"none"`), headWith(`"crit":[]`), headWith(`"x":"}"`), " " + edHeader, edHeader + "{}", "",
		`{"alg":"a","kid":"b","kid":"c"}`} {
		f.Add(forge.token(header, claims()))
	}
	for _, token := range []string{"", ".", "..", "e30..", ".e30.", "a.b.c", "e30.e30.e30", "e30.e30.e31", "e30.e30.e30=",
		"e30\n.e30.e30", "e30.e30.e30.e30", "e30.e30.-_-_", "e30.e30.+/+/"} {
		f.Add(token)
	}
	f.Fuzz(func(t *testing.T, token string) {
		alg, kid, typ, payload, ok := attest.ReadToken(token)
		if !ok {
			if plain(token) {
				t.Fatalf("refused %q", token)
			}
			return
		}
		parts := strings.Split(token, ".")
		text, jws := decoded(t, parts[0]), readByJose(t, token)
		for i, want := range []string{string(text), string(payload), string(jws.Signatures[0].Signature)} {
			if b64(want) != parts[i] {
				t.Fatalf("part %d of %q has another spelling", i, token)
			}
		}
		if string(jws.UnsafePayloadWithoutVerification()) != string(payload) {
			t.Fatalf("another payload: %q", token)
		}
		compare(t, text, jws.Signatures[0].Protected, map[string]string{"alg": alg, "kid": kid, "typ": typ})
	})
}

// readByJose has go-jose read a token, which it must be able to.
func readByJose(t *testing.T, token string) *jose.JSONWebSignature {
	t.Helper()
	var h struct{ Alg string }
	head, _, _ := strings.Cut(token, ".")
	if err := json.Unmarshal(decoded(t, head), &h); err != nil {
		t.Fatalf("no JSON: %v", err)
	}
	jws, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(h.Alg)})
	if err != nil {
		t.Fatalf("go-jose refuses %q: %v", token, err)
	}
	return jws
}

func decoded(t *testing.T, part string) []byte {
	t.Helper()
	text, ok := unb64(part)
	if !ok {
		t.Fatalf("%q is no base64url", part)
	}
	return text
}

// compare holds what we read of a header against what the others do.
func compare(t *testing.T, text []byte, theirs jose.Header, ours map[string]string) {
	t.Helper()
	var plainly map[string]string
	if err := json.Unmarshal(text, &plainly); err != nil || len(plainly) != 3 {
		t.Fatalf("%q: %v, %v", text, plainly, err)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, text); err != nil || compact.String() != string(text) {
		t.Fatalf("white space: %q", text)
	}
	for name, value := range ours {
		if !strings.Contains(value, `\`) && plainly[name] != value {
			t.Fatalf("%s is %q to us, %q to encoding/json", name, value, plainly[name])
		}
	}
	if typ, _ := theirs.ExtraHeaders["typ"].(string); theirs.Algorithm != plainly["alg"] || theirs.KeyID != plainly["kid"] ||
		typ != plainly["typ"] || len(theirs.ExtraHeaders) != 1 {
		t.Fatalf("go-jose reads %+v of %q", theirs, text)
	}
}

// plain reports whether a token is three parts, the first of them a header as encoding/json writes ours.
func plain(token string) bool {
	parts := strings.Split(token, ".")
	if len(parts) != 3 || len(parts[1]) == 0 || len(parts[2]) == 0 {
		return false
	}
	var texts [3]string
	for i, part := range parts {
		text, ok := unb64(part)
		if !ok {
			return false
		}
		texts[i] = string(text)
	}
	var h struct {
		Alg string `json:"alg"`
		Kid string `json:"kid"`
		Typ string `json:"typ"`
	}
	if json.Unmarshal([]byte(texts[0]), &h) != nil {
		return false
	}
	canonical, err := json.Marshal(h)
	return err == nil && string(canonical) == texts[0]
}
