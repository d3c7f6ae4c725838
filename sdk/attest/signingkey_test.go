package attest_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"ms2.internal/lb/sdk/attest"
)

// same compares keys as they are written: From in whole seconds, a withdrawn one without its private half.
func same(t *testing.T, got, want []attest.SigningKey) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d keys, not %d", len(got), len(want))
	}
	for i, w := range want {
		g := got[i]
		if g.ID != w.ID || g.Withdrawn != w.Withdrawn || !g.From.Equal(w.From.Truncate(time.Second)) {
			t.Errorf("%+v from %v is not %+v from %v", g, g.From, w, w.From)
		}
		if w.Withdrawn {
			w.Private = nil
		}
		if !reflect.DeepEqual(g.Private == nil, w.Private == nil) || g.Private != nil && !equal(g, w) {
			t.Errorf("%+v has another private key", g)
		}
	}
}

func equal(a, b attest.SigningKey) bool {
	switch p := a.Private.(type) {
	case ed25519.PrivateKey:
		return p.Equal(b.Private)
	case *ecdsa.PrivateKey:
		return p.Equal(b.Private)
	}
	return false
}

func TestKeysThatAreWrittenAreReadAgain(t *testing.T) {
	a, b, c := keyOf(t, "<a>", attest.EdDSA), keyOf(t, "b", attest.ES256), keyOf(t, "c", attest.EdDSA)
	b.From = time.Date(2030, 1, 2, 3, 4, 5, 6, time.FixedZone("", 3600))
	c.Withdrawn = true
	want := []attest.SigningKey{a, b, c, {ID: "d", Withdrawn: true, From: time.Unix(1, 0)}}
	text, err := attest.MarshalSigningKeys(want...)
	if err != nil {
		t.Fatal(err)
	}
	got, err := attest.ParseSigningKeys(text)
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, want)
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(text, &set); err == nil {
		t.Errorf("a withdrawn key without a private half is a JSON Web Key")
	}
	if !strings.Contains(string(text), `"ms2_from": "2030-01-02T02:04:05Z"`) {
		t.Errorf("%s", text)
	}
}

func TestGeneratedKeysDifferAndSay(t *testing.T) {
	seen := map[string]bool{}
	for range 3 {
		for _, algorithm := range []string{attest.EdDSA, attest.ES256} {
			k, err := attest.GenerateKey(algorithm)
			if err != nil || len(k.ID) != 16 || seen[k.ID] || k.Withdrawn || fmt.Sprint(k) != "signing key "+k.ID+" ("+algorithm+")" {
				t.Errorf("%v, %v", k, err)
			}
			seen[k.ID] = true
		}
	}
	if _, err := attest.GenerateKey("RS256"); err == nil || !strings.Contains(err.Error(), "ES256") {
		t.Errorf("%v", err)
	}
}

// privateText is one key's JSON Web Key.
func privateText(t testing.TB, k any, id string) string {
	t.Helper()
	text, err := jose.JSONWebKey{Key: k, KeyID: id}.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestASetWithAKeyThatCannotSignIsRefusedAndShowsNothingOfIt(t *testing.T) {
	ed, ec := keyOf(t, "a", attest.EdDSA), keyOf(t, "b", attest.ES256)
	rsaKey, _ := rsa.GenerateKey(rand.Reader, 2048)
	good, curve := privateText(t, ed.Private, "a"), privateText(t, ec.Private, "b")
	d := base64.RawURLEncoding.EncodeToString(ed.Private.(ed25519.PrivateKey).Seed())
	with := func(members string) string { return strings.Replace(good, "{", "{"+members+",", 1) }
	for name, keys := range map[string]string{
		"none": "", "null": "null", "a number": "7", "a string": `"` + d + `"`, "a public key": privateText(t, public(ed), "a"),
		"RSA": privateText(t, rsaKey, "r"), "symmetric": privateText(t, []byte("hunter2hunter2"), "s"),
		"twice": good + "," + good, "no kid": strings.Replace(good, `"kid":"a"`, `"kid":""`, 1),
		"another d": strings.Replace(good, d, d[1:]+"A", 1), "a short d": strings.Replace(good, d, d[4:], 1),
		"d of another type": strings.Replace(good, `"`+d+`"`, "["+`"`+d+`"]`, 1),
		"off the curve":     strings.Replace(curve, `"y":"`, `"y":"AAAA`, 1), "another alg": with(`"alg":"RS256"`),
		"another use": with(`"use":"enc"`), "a time of another kind": with(`"ms2_from":1700000000`), "a bad time": with(`"ms2_from":"tomorrow"`),
		"withdrawn as text": with(`"ms2_withdrawn":"yes"`), "a member twice": with(`"kid":"a"`), "d twice": with(`"d":"` + d + `"`),
		"withdrawn alone": `{"kid":"a","ms2_withdrawn":true}`, "no kid withdrawn": good + `,{"ms2_withdrawn":true}`,
	} {
		text := `{"keys":[` + keys + `]}`
		got, err := attest.ParseSigningKeys([]byte(text))
		if err == nil {
			t.Errorf("%s: %v", name, got)
			continue
		}
		hides(t, err.Error(), []string{d, d[1:], "hunter2"})
	}
	for _, text := range []string{
		"", "null", "{}", "[]", `{"keys":{}}`, `{"keys":[` + good, `{"keys":[` + good[:40], `{"keys":[` + good + `]}x`, `{"Keys":[` + good + `]}`,
		`{"keys":[],"keys":[` + good + `]}`, `{"keys":[` + good + `]}` + strings.Repeat(" ", 64<<10), "-----BEGIN PRIVATE KEY-----",
	} {
		if _, err := attest.ParseSigningKeys([]byte(text)); err == nil {
			t.Errorf("%.60q is taken", text)
		}
	}
}

func TestKeysOfOtherToolsAreRead(t *testing.T) {
	ed, ec := keyOf(t, "a", attest.EdDSA), keyOf(t, "b", attest.ES256)
	text := ` {"keys" : [` + privateText(t, ed.Private, "a") + "," + strings.Replace(privateText(t, ec.Private, "b"), "{", `{"x5u":"no","unknown":{},`, 1) +
		`], "ms2_issuer":"x"}` + "\n"
	got, err := attest.ParseSigningKeys([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, []attest.SigningKey{ed, ec})
}

// FuzzParseSigningKeys: what is taken is a set that signs, and that is read as it is written.
func FuzzParseSigningKeys(f *testing.F) {
	a, b := keyOf(f, "a", attest.EdDSA), keyOf(f, "b", attest.ES256)
	b.From = time.Unix(1e9, 0)
	whole, err := attest.MarshalSigningKeys(a, b, attest.SigningKey{ID: "c", Withdrawn: true})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{
		string(whole), "{}", `{"keys":[]}`, `{"keys":[null]}`, `{"keys":[{"kid":"a","ms2_withdrawn":true}]}`,
		`{"keys":[` + privateText(f, a.Private, "x") + `]}`, `{"keys":[` + privateText(f, public(b), "x") + `]}`,
		`{"keys":[` + privateText(f, []byte("secret"), "x") + `]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		keys, err := attest.ParseSigningKeys(text)
		if err != nil {
			if keys != nil {
				t.Errorf("keys beside %v", err)
			}
			return
		}
		written, err := attest.MarshalSigningKeys(keys...)
		if err != nil {
			t.Fatal(err)
		}
		again, err := attest.ParseSigningKeys(written)
		if err != nil {
			t.Fatal(err)
		}
		same(t, again, keys)
		if s, err := attest.NewSigner(attest.SignerOptions{Issuer: "ms2", Audience: "ms1", Keys: keys}); err == nil {
			verified(t, sign(t, s), publishedSet(t, s))
		} else if len(keys) <= 32 {
			t.Error(err)
		}
	})
}
