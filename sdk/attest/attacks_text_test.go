package attest_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

var textAttacks = []attack{
	{"22 † duplicate claim, also escaped", signedClaims("claims", func() []string {
		return []string{adding(`"exp":9999999999`), adding(`"iss":"ms2"`), adding(`"aud":"ms1"`), adding(`"iat":1`),
			adding(`"sids":[["","","usb:dead"]]`), adding(`"\u0065xp":9999999999`),
			adding(`"s\u0069ds":[["","","usb:dead"]]`), adding(`"bnd":"x","bnd":"x"`), with(`"iss"`, `"iss":"evil","iss"`),
			with(`"iss"`, `"\u0069\u0073\u0073":"ms2","iss"`)}
	})},
	{"23 † EXP after exp, a Unicode fold of iss: unknown claims", func(t *testing.T, f *forge) {
		v := f.verifier(t)
		for _, more := range []string{`"EXP":9999999999`, `"Exp":9999999999`, `"i\u017f\u017f":"evil"`, `"iſs":"evil"`,
			`"ISS":"evil"`, `"SIDS":[["","","usb:dead"]]`, `"ſids":[["","","usb:dead"]]`, `"BND":"x"`, `"exp ":1`,
			`"nbf":9999999999`} {
			said := taken(t, v, "", f.token(edHeader, adding(more)))
			if left := said.Expires.Sub(said.Issued); left.Seconds() != 600 || len(said.Items) != 1 ||
				said.Items[0].SID != "usb:046d" {
				t.Errorf("%s changed what was signed: %v", more, said)
			}
		}
		refused(t, f.verifier(t), "claims", f.token(edHeader, with(`"exp"`, `"EXP"`)), f.token(edHeader, with(`"iss"`, `"iſs"`)))
	}},
	{"24 † invalid UTF-8, byte order mark", func(t *testing.T, f *forge) {
		signedHeaders("header", "\ufeff"+edHeader, head("kid", "\"ed-1\xff\""), head("kid", "\"\xc0\x80\""),
			head("kid", "\"\xed\xa0\x80\""), "\xff\xfe"+edHeader, head("kid", "\"ed-1\x00\""))(t, f)
		signedClaims("claims", func() []string {
			return []string{"\ufeff" + claims(), claims() + "\ufeff", with("usb:046d", "usb:\xff"),
				with("vendor", "\xc0\xaf"), adding("\"x\":\"\xff\""), adding("\"\xff\":1"), with("vendor", "\xed\xa0\x80")}
		})(t, f)
	}},
	{"25 † bytes behind header or payload", func(t *testing.T, f *forge) {
		signedHeaders("header", edHeader+"{}", edHeader+"x", edHeader+"\x00", edHeader+edHeader, edHeader+",", edHeader+"}",
			"["+edHeader+"]")(t, f)
		signedClaims("claims", func() []string {
			return []string{claims() + "{}", claims() + "x", claims() + "\x00", claims() + claims(), claims() + "}",
				claims() + ",", "[" + claims() + "]", "{}", "null", `"x"`}
		})(t, f)
	}},
	{"35 a newline inside a part or at its end", refuse("malformed", func(f *forge) (tokens []string) {
		parts := strings.Split(f.genuine(), ".")
		for _, newline := range []string{"\n", "\r", "\r\n", "\n\n\n\n"} {
			tokens = append(tokens, f.genuine()+newline, newline+f.genuine(), parts[0]+newline+"."+parts[1]+"."+parts[2],
				parts[0]+"."+newline+parts[1]+"."+parts[2],
				f.signed(parts[0][:8]+newline+parts[0][8:]+"."+parts[1]), f.signed(parts[0]+newline+"."+parts[1]),
				f.signed(parts[0]+"."+parts[1][:8]+newline+parts[1][8:]), f.signed(parts[0]+"."+parts[1]+newline),
				parts[0]+"."+parts[1]+"."+parts[2][:8]+newline+parts[2][8:])
		}
		return tokens
	})},
	{"36 non-zero trailing bits", refuse("malformed", func(f *forge) (tokens []string) {
		for _, pad := range []string{"", "x", "xx"} {
			header, payload := b64(head("kid", `"ed-1`+pad+`"`)), b64(adding(`"pad":"`+pad+`"`))
			for _, twin := range twins(payload) {
				tokens = append(tokens, f.signed(b64(edHeader)+"."+twin))
			}
			for _, twin := range twins(header) {
				tokens = append(tokens, f.signed(twin+"."+payload))
			}
		}
		text, sig, _ := cutLast(f.genuine())
		for _, twin := range twins(sig) {
			tokens = append(tokens, text+"."+twin)
		}
		if len(tokens) < 30 {
			panic("too few variants")
		}
		return tokens
	})},
	{"37 padding, + and /", refuse("malformed", func(f *forge) (tokens []string) {
		text, sig, _ := cutLast(f.genuine())
		tokens = append(tokens, text+"."+sig+"==", text+"."+sig+"=", f.signed(b64(edHeader)+"=."+b64(claims())),
			f.signed(b64(edHeader)+"."+b64(claims())+"="), f.signed(b64(edHeader)+"."+b64(claims())+"=="))
		payload := base64.RawStdEncoding.EncodeToString([]byte(adding(`"x":"????>>>>~~~~"`)))
		if !strings.ContainsAny(payload, "+/") {
			panic("no letter of the other alphabet")
		}
		return append(tokens, f.signed(b64(edHeader)+"."+payload),
			f.signed(b64(edHeader)+"."+strings.ReplaceAll(payload, "+", "%2B")))
	})},
	{`38 leading space, "Bearer "`, refuse("malformed", func(f *forge) []string {
		g := f.genuine()
		return []string{" " + g, g + " ", "\t" + g, "Bearer " + g, "bearer " + g, `"` + g + `"`, g + ",", g + ";", "\x00" + g,
			g + "\x00", "\ufeff" + g, g + "#", g + "&x=1"}
	})},
}

// twins are other spellings that decode to the same bytes where the bits behind the last are not looked at.
func twins(part string) (others []string) {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	want, _ := base64.RawURLEncoding.DecodeString(part)
	for _, c := range letters {
		other := part[:len(part)-1] + string(c)
		if got, err := base64.RawURLEncoding.DecodeString(other); err == nil && string(got) == string(want) && other != part {
			others = append(others, other)
		}
	}
	return others
}

var criticalAttacks = []attack{
	{"27 † unknown or registered name in crit", signedHeaders("header", headWith(`"crit":["x"],"x":1`),
		headWith(`"crit":["alg"]`), headWith(`"crit":["exp"],"exp":1`), headWith(`"crit":["b64"],"b64":true`),
		headWith(`"crit":"b64"`), headWith(`"crit":null`))},
	{"28 † crit: []", signedHeaders("header", headWith(`"crit":[]`), `{"crit":[],"alg":"EdDSA","kid":"ed-1"}`,
		`{"alg":"EdDSA","kid":"ed-1","crit":[]}`)},
	{"29 † b64: false", func(t *testing.T, f *forge) {
		signedHeaders("header", headWith(`"b64":false`), headWith(`"b64":false,"crit":["b64"]`), headWith(`"b64":true`))(t, f)
		plain := b64(headWith(`"b64":false,"crit":["b64"]`)) + "." + claims()
		refused(t, f.verifier(t), "malformed", f.signed(plain), f.signed(b64(edHeader)+"."+claims()),
			f.signed(b64(edHeader)+".")) // in plain text, detached
	}},
	{"30 † zip on a JWS", signedHeaders("header", headWith(`"zip":"DEF"`), headWith(`"zip":""`), headWith(`"zip":null`))},
}

var shapeAttacks = []attack{
	{"31 five parts, zip bomb, p2c: before decoding", refuse("malformed header", encrypted)},
	{"32 † nested, cty: JWT", func(t *testing.T, f *forge) {
		signedHeaders("header", headWith(`"cty":"JWT"`), headWith(`"cty":"jwt"`),
			`{"alg":"EdDSA","kid":"ed-1","cty":"JWT"}`)(t, f)
		refused(t, f.verifier(t), "claims", f.token(edHeader, f.genuine()), f.token(edHeader, `"`+f.genuine()+`"`))
	}},
	{"34 JSON serialisation, many signatures", refuse("malformed", func(f *forge) (tokens []string) {
		key := jose.SigningKey{Algorithm: jose.EdDSA, Key: jose.JSONWebKey{Key: f.ed, KeyID: "ed-1"}}
		options := (&jose.SignerOptions{}).WithType("ms2-attest+jwt")
		for _, keys := range [][]jose.SigningKey{{key}, {key, key}} {
			signer, err := jose.NewMultiSigner(keys, options)
			if err != nil {
				panic(err)
			}
			jws, err := signer.Sign([]byte(claims()))
			if err != nil {
				panic(err)
			}
			tokens = append(tokens, jws.FullSerialize(), " "+jws.FullSerialize())
		}
		return append(tokens, f.genuine()+"."+strings.Split(f.genuine(), ".")[2], f.genuine()+","+f.genuine())
	})},
	{"39 a million dots", refuse("malformed", func(*forge) []string {
		return []string{strings.Repeat(".", 1e6), strings.Repeat(".", 4096), "a" + strings.Repeat(".", 3)}
	})},
	{"40 5 MB", refuse("malformed", func(f *forge) []string {
		long := adding(`"x":"` + strings.Repeat("x", 64<<10) + `"`)
		return []string{strings.Repeat("A", 5<<20), f.genuine() + strings.Repeat("A", 5<<20), f.token(edHeader, long),
			f.token(headWith(`"x":"`+strings.Repeat("x", 64<<10)+`"`), claims()), f.token(edHeader, long[:3000]+`"}`)}
	})},
	{"41 † nesting of 20,000", func(t *testing.T, f *forge) {
		nested := func(n int, open, shut string) string {
			return adding(`"x":` + strings.Repeat(open, n) + "1" + strings.Repeat(shut, n))
		}
		refused(t, f.verifier(t), "malformed", f.token(edHeader, nested(20_000, "[", "]")),
			f.token(strings.Repeat("[", 20_000), claims()))
		refused(t, f.verifier(t), "claims header", f.token(edHeader, nested(1300, "[", "]")),
			f.token(edHeader, nested(300, `{"x":`, "}")), f.token(edHeader, adding(`"x":`+strings.Repeat("[", 2500))),
			f.token(edHeader, strings.Repeat("[", 2800)), f.token(strings.Repeat(`{"alg":`, 350), claims()))
	}},
}

// encrypted are what a JWE sends (RFC 7516), and what there is to make a decoder work.
func encrypted(f *forge) []string {
	bomb := strings.Repeat("A", 700)
	return []string{
		b64(`{"alg":"dir","enc":"A128GCM","zip":"DEF"}`) + ".." + b64("iv") + "." + bomb + "." + b64("tag"),
		b64(`{"alg":"PBES2-HS512+A256KW","p2c":2147483647,"p2s":"AAAA","enc":"A128GCM"}`) + ".AA.AA." + bomb + ".AA",
		b64(`{"alg":"PBES2-HS512+A256KW","p2c":2147483647,"p2s":"AAAA","enc":"A128GCM"}`) + ".AA.AA",
		f.token(headWith(`"enc":"A128GCM","zip":"DEF"`), claims()), f.token(headWith(`"p2c":2147483647`), claims()),
		f.genuine() + ".AA.AA",
	}
}
