package attest_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"ms2.internal/lb/sdk/protocol"
)

// fixedForge has the same keys in every process, so that what a fuzzer kept is genuine still.
func fixedForge() *forge {
	ec, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), bytes.Repeat([]byte{7}, 32))
	if err != nil {
		panic(err)
	}
	return &forge{ed: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize)), ec: ec}
}

// fuzzTime is when the fuzzers verify, and fuzzClaims were issued.
var fuzzTime = time.Unix(1_800_000_000, 0)

func fuzzClaims(edits ...func(*protocol.Claims)) string {
	at := func(c *protocol.Claims) { c.Issued, c.Expires = fuzzTime.Unix(), fuzzTime.Unix()+600 }
	return claims(append([]func(*protocol.Claims){at}, edits...)...)
}

// unb64 decodes base64url as it is written in one way alone.
func unb64(part string) ([]byte, bool) {
	text, err := base64.RawURLEncoding.DecodeString(part)
	return text, err == nil && base64.RawURLEncoding.EncodeToString(text) == part
}

// FuzzVerify changes genuine tokens: one that counts was signed as it stands.
func FuzzVerify(f *testing.F) {
	forge, genuine := fixedForge(), map[string]bool{}
	for _, payload := range []string{
		fuzzClaims(), fuzzClaims(func(c *protocol.Claims) { c.Items = items(3) }),
		strings.TrimSuffix(fuzzClaims(), "}") + `,"x":[1]}`,
	} {
		for _, token := range []string{forge.token(edHeader, payload), forge.ecToken(ecHeader, payload)} {
			text, _, _ := cutLast(token)
			genuine[text] = true
			f.Add(token)
		}
	}
	for _, bad := range []string{
		forge.token(headWith(`"crit":[]`), fuzzClaims()), forge.token(edHeader,
			fuzzClaims(func(c *protocol.Claims) { c.Audience = "x" })),
		forge.token(edHeader, fuzzClaims(func(c *protocol.Claims) { c.Expires = 1 })),
		forge.token(edHeader, fuzzClaims(func(c *protocol.Claims) { c.Binding = "x" })), forge.token(edHeader,
			fuzzClaims()+"x"), forge.token(head("typ", ""), fuzzClaims()),
	} {
		f.Add(bad)
	}
	v := forge.verifier(f, remember(8))
	f.Fuzz(func(t *testing.T, token string) {
		said, err := v.VerifyAt(token, "", fuzzTime)
		if (said == nil) == (err == nil) {
			t.Fatalf("%v, %v", said, err)
		}
		if err == nil && !genuine[token[:strings.LastIndexByte(token, '.')]] {
			t.Fatalf("counts, and was never signed: %q", token)
		}
	})
}

// FuzzSigned signs whatever comes: what counts is read alike by go-jose and encoding/json.
func FuzzSigned(f *testing.F) {
	for _, more := range []string{"", `,"x":{"exp":1}`, `,"EXP":1`, `,"exp":1`, `,"\u0065xp":1`, `,"bnd":""`, `,"bnd":"x"`,
		`,"sids":[]`} {
		f.Add(edHeader, strings.TrimSuffix(fuzzClaims(), "}")+more+"}")
		f.Add(headWith(`"x":1`), strings.TrimSuffix(fuzzClaims(), "}")+more+"}")
	}
	forge := fixedForge()
	v, publics := forge.verifier(f, remember(8)), forge.publics()
	f.Fuzz(func(t *testing.T, header, payload string) {
		token := forge.token(header, payload)
		said, err := v.VerifyAt(token, "", fuzzTime)
		if err != nil {
			return
		}
		jws, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.EdDSA})
		if err != nil {
			t.Fatalf("go-jose refuses %q: %v", token, err)
		}
		if text, err := jws.Verify(publics["ed-1"]); err != nil || string(text) != payload {
			t.Fatalf("%q: %v", token, err)
		}
		want := reference(t, payload)
		if got := fmt.Sprint(said.Items, said.Issued.Unix()); got != want || said.Expires.Sub(fuzzTime) > 15*time.Minute ||
			!said.Expires.After(fuzzTime) {
			t.Fatalf("%q\n is %s until %v\nwant %s", payload, got, said.Expires, want)
		}
	})
}

// reference reads the claims that count with encoding/json, names to the letter.
func reference(t *testing.T, payload string) string {
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(payload), &members); err != nil {
		t.Fatalf("%q: %v", payload, err)
	}
	var iss, aud, bnd string
	var iat, exp int64
	var sids [][]string
	for name, to := range map[string]any{"iss": &iss, "aud": &aud, "iat": &iat, "exp": &exp, "sids": &sids, "bnd": &bnd} {
		if text, ok := members[name]; ok && json.Unmarshal(text, to) != nil || !ok && name != "bnd" {
			t.Fatalf("%s of %q", name, payload)
		}
	}
	if iss != issuer || aud != audience || exp <= fuzzTime.Unix() || bnd != "" {
		t.Fatalf("should not count: %q", payload)
	}
	var items []protocol.Attested
	for _, s := range sids {
		items = append(items, protocol.Attested{Kind: s[0], Version: s[1], SID: s[2]})
	}
	return fmt.Sprint(items, iat)
}
