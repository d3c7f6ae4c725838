package attest_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/attest"
)

// okp and ec are public keys as a set has them.
func okp(kid, x string) string {
	return fmt.Sprintf(`{"kty":"OKP","crv":"Ed25519","kid":%q,"alg":"EdDSA","use":"sig","x":%q}`, kid, b64(x))
}

func ec(kid, x, y string) string {
	return fmt.Sprintf(`{"kty":"EC","crv":"P-256","kid":%q,"alg":"ES256","use":"sig","x":%q,"y":%q}`, kid, b64(x), b64(y))
}

// edKey and ecKey are the forge's.
func (f *forge) edKey(kid string) string {
	return okp(kid, string(f.ed.Public().(ed25519.PublicKey)))
}

func (f *forge) ecKey(kid string) string {
	point, err := f.ec.Public().(*ecdsa.PublicKey).Bytes()
	if err != nil {
		panic(err)
	}
	return ec(kid, string(point[1:33]), string(point[33:]))
}

// jwks is a set by an issuer.
func jwks(issuer string, keys ...string) string {
	return fmt.Sprintf(`{"ms2_issuer":%q,"keys":[%s]}`, issuer, strings.Join(keys, ","))
}

// without wants each key to be left out of a set, that of ES256 beside it to stay, and a token that names the key to have MS2 asked.
func without(t *testing.T, f *forge, kid string, tokens []string, keys ...string) {
	t.Helper()
	for _, key := range keys {
		v := f.verifier(t)
		if dropped, err := v.HoldSet(jwks(issuer, key, f.ecKey("ec-1"))); err != nil || len(dropped) == 0 ||
			!strings.Contains(strings.Join(dropped, " "), kid) {
			t.Errorf("%s: dropped %q, %v", key, dropped, err)
		}
		asked(t, v, "unknown_key", tokens...)
		taken(t, v, "", f.ecToken(ecHeader, claims()))
		if _, err := f.verifier(t).HoldSet(jwks(issuer, key)); err == nil {
			t.Errorf("a set of nothing but %s is no error", key)
		}
	}
}

var setAttacks = []attack{
	{"11 the same kid twice in a set: both dropped", func(t *testing.T, f *forge) {
		evil := newForge(t)
		tokens := []string{f.genuine(), evil.genuine()}
		for _, pair := range [][2]string{{f.edKey("ed-1"), evil.edKey("ed-1")}, {evil.edKey("ed-1"), f.edKey("ed-1")},
			{f.edKey("ed-1"), f.edKey("ed-1")}, {f.edKey("ed-1"), evil.ecKey("ed-1")}} {
			without(t, f, "ed-1", tokens, pair[0]+","+pair[1])
		}
	}},
	{"16 small-order or non-canonical public key", func(t *testing.T, f *forge) {
		tokens := []string{weak("\x01" + strings.Repeat("\x00", 63)), weak(strings.Repeat("\x00", 64))}
		careless := f.verifier(t)
		careless.Hold(map[string]crypto.PublicKey{"weak": ed25519.PublicKey(weakPoints()[2])})
		taken(t, careless, "", tokens[0]) // so nothing but the loading of keys stands before it
		for _, point := range weakPoints() {
			without(t, f, "weak", tokens, okp("weak", point))
		}
	}},
	{"17 point off the curve", func(t *testing.T, f *forge) {
		zero, p := strings.Repeat("\x00", 32), fixed(f.ec.Params().P)
		without(t, f, "ec-x", []string{f.ecToken(`{"alg":"ES256","kid":"ec-x","typ":"ms2-attest+jwt"}`, claims())},
			ec("ec-x", zero, zero), ec("ec-x", strings.Repeat("\x01", 32), strings.Repeat("\x02", 32)), ec("ec-x", p, p),
			ec("ec-x", zero[1:], zero), ec("ec-x", "", ""))
		off := "\x02" + strings.Repeat("\x00", 31) // no x goes with y = 2
		without(t, f, "ed-1", []string{f.genuine()}, okp("ed-1", off), okp("ed-1", off[1:]), okp("ed-1", off+"\x00"),
			okp("ed-1", ""))
	}},
	{"18 private or symmetric key in a set: ignored", func(t *testing.T, f *forge) {
		private := strings.TrimSuffix(f.edKey("ed-1"), "}") + fmt.Sprintf(`,"d":%q}`, b64(string(f.ed.Seed())))
		mac := fmt.Sprintf(`{"kty":"oct","kid":"ed-1","alg":"HS256","use":"sig","k":%q}`, b64("secret"))
		without(t, f, "ed-1", []string{f.genuine()}, private, mac)
		refused(t, f.verifier(t), "algorithm", macTokens(f)...)
	}},
	{"19 RSA or unknown key type: that key ignored", func(t *testing.T, f *forge) {
		rsa := fmt.Sprintf(`{"kty":"RSA","kid":"ed-1","alg":"RS256","use":"sig","n":%q,"e":"AQAB"}`,
			b64(strings.Repeat("\xff", 256)))
		x25519 := strings.Replace(f.edKey("ed-1"), "Ed25519", "X25519", 1)
		without(t, f, "ed-1", []string{f.genuine()}, rsa, x25519, `{"kty":"LATTICE","kid":"ed-1"}`,
			strings.Replace(f.edKey("ed-1"), "OKP", "okp", 1), strings.Replace(f.edKey("ed-1"), "EdDSA", "HS256", 1))
	}},
	{"57 a flood of unknown kids costs one fetch a cooldown", inBubble(unknownKeys)},
	{"62 another service's key set at MS2's address", func(t *testing.T, f *forge) {
		v, evil := f.verifier(t), newForge(t)
		for _, set := range []string{
			jwks("idp", evil.edKey("ed-1")), jwks("", evil.edKey("ed-1")), jwks("MS2", evil.edKey("ed-1")),
			jwks(issuer+" ", evil.edKey("ed-1")),
			`{"keys":[` + evil.edKey("ed-1") + `]}`, `{"issuer":"ms2","keys":[` + evil.edKey("ed-1") + `]}`,
			`{"MS2_ISSUER":"ms2","keys":[` + evil.edKey("ed-1") + `]}`,
			`{"ms2_issuer":["ms2"],"keys":[` + evil.edKey("ed-1") + `]}`,
			`{"ms2_issuer":"idp","ms2_issuer":"ms2","keys":[` + evil.edKey("ed-1") + `]}`,
		} {
			if _, err := v.HoldSet(set); err == nil {
				t.Errorf("taken: %s", set)
			}
		}
		refused(t, v, "signature", evil.genuine())
		taken(t, v, "", f.genuine())
	}},
}

// weak is a token by a key of small order, for which anybody can sign.
func weak(raw string) string {
	return signature((&forge{ed: make(ed25519.PrivateKey, 64)}).token(head("kid", `"weak"`), claims()), raw)
}

// weakPoints are the encodings of the points of small order, the canonical ones and the others, and some whose y is not below p.
func weakPoints() (points []string) {
	for _, text := range []string{
		"00", "01", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	} {
		b, err := hex.DecodeString(text)
		if err != nil {
			panic(err)
		}
		point := append(b, make([]byte, 32-len(b))...)
		points = append(points, string(point))
		point[31] |= 0x80 // the same y, the other sign of x
		points = append(points, string(point))
	}
	return points
}

// unknownKeys floods a verifier that fetches its keys for three cooldowns.
func unknownKeys(t *testing.T, f *forge) {
	v, err := attest.NewVerifier(attest.VerifierOptions{Issuer: issuer, Audience: audience})
	if err != nil {
		t.Fatal(err)
	}
	var fetches atomic.Int64
	ms2 := roundTripper(func(*http.Request) (*http.Response, error) {
		fetches.Add(1)
		return &http.Response{StatusCode: 200, Header: http.Header{},
			Body: io.NopCloser(strings.NewReader(jwks(issuer, f.edKey("ed-1"))))}, nil
	})
	if err := v.Open(sdk.AttestationSetup{Transport: ms2, Encrypted: true}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go v.Run(ctx)
	synctest.Wait()
	taken(t, v, "", f.genuine())
	body := "." + b64(claims()) + "." + b64(strings.Repeat("s", 64))
	for i := range 8000 {
		asked(t, v, "unknown_key", b64(head("kid", fmt.Sprintf("%q", fmt.Sprint("k", i))))+body)
		time.Sleep(10 * time.Millisecond)
	}
	if n := fetches.Load(); n != 4 {
		t.Errorf("%d fetches in 80 s, want the first, one for the first unknown kid, and one a cooldown of 30 s", n)
	}
	flat(t, v, 1, 1)
}

// roundTripper is an [http.RoundTripper] of a function.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
