package attest_test

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"hash"
	"strings"
	"testing"

	"ms2.internal/lb/sdk/attest"
)

var algorithmAttacks = []attack{
	{"1 alg none in all spellings", refuse("algorithm header signature malformed", noneTokens)},
	{"2 empty or missing signature", refuse("malformed signature", func(f *forge) []string {
		text, _, _ := cutLast(f.genuine())
		return []string{text, text + ".", text + "..", text + ".AA", text + "." + b64(strings.Repeat("\x00", 64)),
			".." + b64("x"), "..", ".", ""}
	})},
	{"3 HS256 keyed with the public key", refuse("algorithm", macTokens)},
	{"4 one algorithm's token at another's key", func(t *testing.T, f *forge) {
		refused(t, f.verifier(t), "algorithm signature",
			f.token(head("kid", `"ec-1"`), claims()), f.token(head("alg", `"ES256"`), claims()), f.token(ecHeader, claims()),
			f.ecToken(head("alg", `"ES256"`), claims()), f.ecToken(head("kid", `"ec-1"`), claims()),
			f.ecToken(edHeader, claims()))
		only := func(o *attest.VerifierOptions) { o.Algorithms = nil }
		refused(t, f.verifier(t, only), "algorithm", f.token(head("alg", `"Ed25519"`), claims()), f.ecToken(`{"alg":"ES256","kid":"ed-1","typ":"ms2-attest+jwt"}`, claims()))
		asked(t, f.verifier(t, only), "unknown_key", f.ecToken(ecHeader, claims())) // MS2 changed its algorithm, and MS1 was not told
	}},
	{"5 embedded jwk", refuse("header", func(f *forge) (tokens []string) {
		public, private, _ := ed25519.GenerateKey(rand.Reader)
		jwk := fmt.Sprintf(`"jwk":{"kty":"OKP","crv":"Ed25519","x":%q}`, b64(string(public)))
		for _, h := range []string{headWith(jwk), `{"alg":"EdDSA",` + jwk + `,"typ":"ms2-attest+jwt"}`,
			`{"alg":"EdDSA",` + jwk + `}`} {
			tokens = append(tokens, (&forge{ed: private}).token(h, claims()))
		}
		return tokens
	})},
	{"6 † jwk, jku, x5u", func(t *testing.T, f *forge) {
		jwk := fmt.Sprintf(`"jwk":{"kty":"OKP","crv":"Ed25519","x":%q}`, b64(string(f.ed.Public().(ed25519.PublicKey))))
		signedHeaders("header", headWith(jwk), headWith(`"jku":"https://evil.example/jwks.json"`),
			headWith(`"jku":"http://ms2/.well-known/jwks.json"`),
			headWith(`"x5u":"https://evil.example/cert.pem"`),
			`{"alg":"EdDSA","jku":"https://evil.example","typ":"ms2-attest+jwt"}`)(t, f)
	}},
	{"7 x5c", signedHeaders("header", headWith(`"x5c":[]`), headWith(`"x5c":["MIIB"]`), headWith(`"x5t":"AAAA"`),
		headWith(`"x5t#S256":"AAAA"`))},
	{"8 kid as path, SQL, URL, NUL, very long", ask("unknown_key", func(f *forge) (tokens []string) {
		for _, kid := range []string{
			"../../../../etc/passwd", `..\\..\\key`, "/dev/null", "' OR '1'='1", "x'; DROP TABLE keys--",
			"https://evil.example/jwks.json", `ed-1\u0000`, `\u0000`,
			`\u0065d-1`, `ed-1\/`, `\ud800`, "ED-1", " ed-1", "ed-1 ", "", "ed-1,ec-1", "éd-1", "ed−1",
			strings.Repeat("k", 64), strings.Repeat("k", 65), strings.Repeat("k", 2000),
		} {
			tokens = append(tokens, f.token(head("kid", `"`+kid+`"`), claims()))
		}
		return tokens
	})},
	{"9 † kid missing", signedHeaders("header", head("kid", ""), `{"alg":"EdDSA","typ":"ms2-attest+jwt"}`,
		`{"typ":"ms2-attest+jwt","alg":"EdDSA"}`)},
	{"10 † kid not a string", signedHeaders("header", head("kid", "1"), head("kid", "null"), head("kid", `["ed-1"]`),
		head("kid", `{"kid":"ed-1"}`), head("kid", "true"))},
}

var headerAttacks = []attack{
	{"20 † duplicate header member", signedHeaders("header", headWith(`"kid":"ed-1"`), headWith(`"kid":"ec-1"`),
		headWith(`"alg":"none"`), headWith(`"alg":"EdDSA"`),
		`{"alg":"none","alg":"EdDSA","kid":"ed-1","typ":"ms2-attest+jwt"}`, headWith(`"\u006bid":"ed-1"`),
		headWith(`"typ":"JWT"`),
		`{"alg":"EdDSA","kid":"ed-1","kid":"ed-1"}`, `{"alg":"EdDSA","\u006bid":"ed-1","typ":"ms2-attest+jwt"}`)},
	{"21 † header in another case", signedHeaders("header", `{"Alg":"EdDSA","kid":"ed-1","typ":"ms2-attest+jwt"}`,
		`{"alg":"EdDSA","KID":"ed-1","typ":"ms2-attest+jwt"}`,
		`{"alg":"EdDSA","kid":"ed-1","Typ":"ms2-attest+jwt"}`, headWith(`"ALG":"none"`), headWith(`"Kid":"ec-1"`),
		`{"alg":"EdDSA","\u212Aid":"ed-1","typ":"ms2-attest+jwt"}`,
		"{\"alg\":\"EdDSA\",\"\u212aid\":\"ed-1\",\"typ\":\"ms2-attest+jwt\"}")},
	{"26 † white space in the header", signedHeaders("header", " "+edHeader, edHeader+" ", edHeader+"\n",
		strings.Replace(edHeader, ":", ": ", 1), strings.Replace(edHeader, ",", ", ", 1),
		strings.Replace(edHeader, ",", "\n,", 1), strings.Replace(edHeader, "{", "{ ", 1),
		strings.Replace(edHeader, "}", "\t}", 1), strings.Replace(edHeader, ":", "\r:", 1),
		strings.Replace(edHeader, ":", "\v:", 1))},
	{"33 † other or missing typ", signedHeaders("header", head("typ", ""), head("typ", `"JWT"`), head("typ", `"at+jwt"`),
		head("typ", `"MS2-ATTEST+JWT"`), head("typ", `"application/ms2-attest+jwt"`),
		head("typ", `"ms2-attest"`), head("typ", `""`), head("typ", "null"), head("typ", "1"),
		head("typ", `["ms2-attest+jwt"]`), head("typ", `"ms2-attest\u002bjwt"`), head("typ", `"ms2-attest+jwt "`))},
}

// noneTokens have no signature, none worth the name, or a genuine one.
func noneTokens(f *forge) (tokens []string) {
	for _, alg := range []string{`"none"`, `"None"`, `"NONE"`, `"nOnE"`, `"NoNe"`, `" none"`, `"none "`, `"none\u0000"`,
		`"\u006eone"`, `"none\n"`, `""`, "null", "[]", "0", "false", `["none"]`, "",
		`"EdDS\u0041"`, `"eddsa"`, `"EDDSA"`, `"EdDSA "`, `"EdDSA\u0000"`, "\"none\x00\""} {
		genuine := f.token(head("alg", alg), claims())
		text, _, _ := cutLast(genuine)
		tokens = append(tokens, genuine, text+".", text, text+"."+b64("none"), signature(genuine, strings.Repeat("\x00", 64)))
	}
	return tokens
}

// macTokens are keyed with what everybody knows: the public keys, as they are written here and there.
func macTokens(f *forge) (tokens []string) {
	for kid, public := range f.publics() {
		der, err := x509.MarshalPKIXPublicKey(public)
		if err != nil {
			panic(err)
		}
		secrets := [][]byte{der, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}),
			[]byte(base64.StdEncoding.EncodeToString(der)), nil}
		if raw, ok := public.(ed25519.PublicKey); ok {
			secrets = append(secrets, raw, []byte(b64(string(raw))))
		}
		for alg, sum := range map[string]func() hash.Hash{"HS256": sha256.New, "HS384": sha512.New384, "HS512": sha512.New} {
			for _, secret := range secrets {
				text := b64(fmt.Sprintf(`{"alg":%q,"kid":%q,"typ":"ms2-attest+jwt"}`, alg, kid)) + "." + b64(claims())
				mac := hmac.New(sum, secret)
				mac.Write([]byte(text))
				tokens = append(tokens, text+"."+b64(string(mac.Sum(nil))))
			}
		}
	}
	return tokens
}

// cutLast cuts a token before its signature.
func cutLast(token string) (text, sig string, ok bool) {
	i := strings.LastIndexByte(token, '.')
	return token[:i], token[i+1:], i >= 0
}
