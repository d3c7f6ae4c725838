package attest_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/sdk/attest"
	"ms2.internal/lb/sdk/protocol"
)

// The names that attestations of the tests carry.
const (
	issuer   = "ms2"
	audience = "ms1"
	edHeader = `{"alg":"EdDSA","kid":"ed-1","typ":"ms2-attest+jwt"}`
	ecHeader = `{"alg":"ES256","kid":"ec-1","typ":"ms2-attest+jwt"}`
)

// forge has MS2's private keys, and makes of them what MS2 makes and what it never would.
type forge struct {
	ed ed25519.PrivateKey
	ec *ecdsa.PrivateKey
}

func newForge(t testing.TB) *forge {
	t.Helper()
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &forge{ed, ec}
}

// verifier returns one that has the forge's public keys, and takes both algorithms but for what edits change.
func (f *forge) verifier(t testing.TB, edits ...func(*attest.VerifierOptions)) *attest.Verifier {
	t.Helper()
	o := attest.VerifierOptions{Issuer: issuer, Audience: audience, Algorithms: []string{attest.EdDSA, attest.ES256}}
	for _, edit := range edits {
		edit(&o)
	}
	v, err := attest.NewVerifier(o)
	if err != nil {
		t.Fatal(err)
	}
	v.Hold(f.publics())
	return v
}

func (f *forge) publics() map[string]crypto.PublicKey {
	return map[string]crypto.PublicKey{"ed-1": f.ed.Public(), "ec-1": f.ec.Public()}
}

// claims are those of an attestation issued now for ten minutes.
func claims(edits ...func(*protocol.Claims)) string {
	now := time.Now().Unix()
	c := protocol.Claims{Issuer: issuer, Audience: audience, Issued: now, Expires: now + 600,
		Items: []protocol.Attested{{SID: "usb:046d", Kind: "vendor", Version: "7"}}}
	for _, edit := range edits {
		edit(&c)
	}
	return string(protocol.AppendClaims(nil, c))
}

// with is the usual claims, one piece of them replaced.
func with(old, new string) string {
	text := claims()
	if !strings.Contains(text, old) {
		panic("no " + old + " in " + text)
	}
	return strings.Replace(text, old, new, 1)
}

// adding is the usual claims with more members behind them.
func adding(members string) string { return strings.TrimSuffix(claims(), "}") + "," + members + "}" }

// token is genuine: the Ed25519 key has signed this header and this payload.
func (f *forge) token(header, payload string) string {
	return f.signed(b64(header) + "." + b64(payload))
}

// genuine is a token as MS2 makes it.
func (f *forge) genuine() string { return f.token(edHeader, claims()) }

// signed is text with the signature of the Ed25519 key over it, whatever it is.
func (f *forge) signed(text string) string {
	return text + "." + b64(string(ed25519.Sign(f.ed, []byte(text))))
}

// ecToken is signed by the ECDSA key.
func (f *forge) ecToken(header, payload string) string {
	text := b64(header) + "." + b64(payload)
	r, s := f.ecSign(text)
	return text + "." + b64(fixed(r)+fixed(s))
}

func (f *forge) ecSign(text string) (r, s *big.Int) {
	digest := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, f.ec, digest[:])
	if err != nil {
		panic(err)
	}
	return r, s
}

// fixed is a number as ES256 writes it: 32 bytes.
func fixed(n *big.Int) string { return string(n.FillBytes(make([]byte, 32))) }

func b64(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// signature puts another one on a token.
func signature(token, raw string) string {
	return token[:strings.LastIndexByte(token, '.')+1] + b64(raw)
}

// head is the usual header, one member of it replaced; with an empty value it is left out.
func head(member, value string) string {
	values := map[string]string{"alg": `"EdDSA"`, "kid": `"ed-1"`, "typ": `"ms2-attest+jwt"`}
	values[member] = value
	var parts []string
	for _, name := range []string{"alg", "kid", "typ"} {
		if values[name] != "" {
			parts = append(parts, fmt.Sprintf("%q:%s", name, values[name]))
		}
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// headWith is the usual header and more members.
func headWith(members string) string { return strings.TrimSuffix(edHeader, "}") + "," + members + "}" }
