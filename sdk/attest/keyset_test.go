package attest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// with is a key with a member more, or instead of its own.
func with(key, name, value string) string {
	if start := strings.Index(key, `"`+name+`":`); start >= 0 {
		rest := key[start:]
		end := strings.IndexAny(rest, ",}")
		return key[:start] + fmt.Sprintf("%q:%s", name, value) + rest[end:]
	}
	return strings.TrimSuffix(key, "}") + fmt.Sprintf(",%q:%s}", name, value)
}

// without is a key without one of its members.
func without(key, name string) string { return strings.Replace(key, `"`+name+`":`, `"x-`+name+`":`, 1) }

func idsOf(t *testing.T, set string) (ids, dropped []string) {
	t.Helper()
	keys, dropped, err := parseSet([]byte(set), "ms2", true)
	if err != nil {
		t.Fatalf("%s: %v", set, err)
	}
	for id, k := range keys {
		if k.id != id {
			t.Errorf("the key %q is called %q", k.id, id)
		}
	}
	return slices.Sorted(maps.Keys(keys)), dropped
}

const rsaKey = `{"kty":"RSA","kid":"r","use":"sig","alg":"RS256","e":"AQAB","n":"sXchDaQebHnPiGvyDOAT4saGEUetSyo9MKLOoWFsueri23bOdgWp4Dy1WlUzewbgBHod5pcM9H95GQRV3JDXboIRROSBigeC5yjU1hGzHHyXss8UDprecbAYxknTcQkhslANGRUZmdTOQ5qTRsLAt6BTYuyvVRdhS8exSZEy_c4gs_7svlJJQ4H9_NxsiIoLwAEk7-Q3UXERGYw_75IDrGA84-lA_-Ct4eTlXHBIY2EaV7t7LjJaynVJCpkv4LKjTTAumiGUIuQhrNhZLuF_RJLqHpM2kgWFLU7-VTdL1VbC2tejvcI2BlMkEpk1BzBZI0KQB0GaDWFLN-aEAw3vRw"}`

func TestOneKeyThatIsOfNoUseLosesNoOther(t *testing.T) {
	for _, c := range []struct{ name, key, why string }{
		{"RSA", rsaKey, "type is RSA"},
		{"an unknown type", `{"kty":"LATTICE","kid":"l"}`, "type is LATTICE"},
		{"no type", without(keyB, "kty"), "type is Ed25519"}, {"no type and curve", `{"kid":"b"}`, "type is missing"},
		{"X25519", with(keyB, "crv", `"X25519"`), "type is OKP X25519"},
		{"Ed448", with(keyB, "crv", `"Ed448"`), "type is OKP Ed448"},
		{"P-384", with(keyE, "crv", `"P-384"`), "type is EC P-384"},
		{"secp256k1", with(keyE, "crv", `"secp256k1"`), "type is EC secp256k1"},
		{"a private key", with(keyB, "d", `"`+strings.Repeat("A", 43)+`"`), "private or symmetric"},
		{"a private key of nothing", with(keyB, "d", `""`), "private or symmetric"},
		{"a private RSA key", with(rsaKey, "p", `"AQAB"`), "private or symmetric"},
		{"a private ML-DSA key", `{"kty":"AKP","kid":"m","alg":"ML-DSA-44","priv":"AAAA"}`, "private or symmetric"},
		{"a symmetric key", `{"kty":"oct","kid":"s","k":"c2VjcmV0"}`, "private or symmetric"},
		{"a symmetric key beside a public one", with(keyB, "k", `"c2VjcmV0"`), "private or symmetric"},
		{"no ID", without(keyB, "kid"), "ID is missing"},
		{"an empty ID", with(keyB, "kid", `""`), "ID is missing"},
		{"an ID with a quote", with(keyB, "kid", `"\""`), "ID is missing"},
		{"an ID with a backslash", with(keyB, "kid", `"\\"`), "ID is missing"},
		{"an ID with a space", with(keyB, "kid", `"b b"`), "ID is missing"},
		{"an ID with NUL", with(keyB, "kid", `"b\u0000"`), "ID is missing"},
		{"an ID beyond ASCII", with(keyB, "kid", `"é"`), "ID is missing"},
		{"an ID of 65 bytes", with(keyB, "kid", `"`+strings.Repeat("k", 65)+`"`), "ID is missing"},
		{"an ID that is a number", with(keyB, "kid", `7`), "number"},
		{"for encryption", with(keyB, "use", `"enc"`), "use is other"},
		{"to sign alone", with(keyB, "key_ops", `["sign"]`), "use is other"},
		{"another algorithm", with(keyB, "alg", `"ES256"`), "algorithm is ES256, want EdDSA"},
		{"HS256", with(keyB, "alg", `"HS256"`), "algorithm is HS256"},
		{"none", with(keyB, "alg", `"none"`), "algorithm is none"},
		{"the algorithm in another case", with(keyB, "alg", `"eddsa"`), "algorithm is eddsa"},
		{"the algorithm of another curve", with(keyE, "alg", `"ES384"`), "want ES256"},
		{"no x", without(keyB, "x"), "missing x"},
		{"a short x", with(keyB, "x", `"AAAA"`), "wrong length"},
		{"a long x", with(keyB, "x", `"`+strings.Repeat("A", 44)+`"`), "wrong length"},
		{"x in standard base64", with(keyB, "x", `"`+strings.Repeat("/", 43)+`"`), "illegal base64"},
		{"a member twice", strings.Replace(keyB, `"kty"`, `"kid":"b","kty"`, 1), "duplicate"},
		{"a member twice, once escaped", strings.Replace(keyB, `"kty"`, `"\u006bid":"b","kty"`, 1), "duplicate"},
		{"a member of other case", strings.Replace(keyB, `"kid"`, `"KID"`, 1), "ID is missing"},
		{"null", `null`, "ID is missing"},
		{"a number", `7`, "number"},
		{"a list", `[]`, "array"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ids, dropped := idsOf(t, setOf(keyA, c.key, keyC))
			if !slices.Equal(ids, []string{"a", "c"}) || len(dropped) != 1 || !strings.Contains(dropped[0], c.why) {
				t.Errorf("%q, and dropped %q; want a, c and %q", ids, dropped, c.why)
			}
		})
	}
}

func TestKeysOfBothTypesAreRead(t *testing.T) {
	for _, key := range []string{
		keyB, keyE, without(keyB, "use"), without(keyB, "alg"), without(keyE, "alg"), with(keyB, "key_ops", `["verify"]`),
		with(keyB, "more", `{"a":[1,null]}`), with(keyB, "kid", `"`+strings.Repeat("k", 64)+`"`), with(keyB, "kid", `"\u0062"`),
	} {
		if ids, dropped := idsOf(t, setOf(keyA, key)); len(ids) != 2 || len(dropped) > 0 {
			t.Errorf("%s: %q, and dropped %q", key, ids, dropped)
		}
	}
}

func TestAnIDThatComesTwiceIsNoKeys(t *testing.T) {
	for _, twin := range []string{edKey("b", 4), keyB, with(keyE, "kid", `"b"`), with(rsaKey, "kid", `"b"`), with(keyB, "use", `"enc"`)} {
		ids, dropped := idsOf(t, setOf(keyB, keyA, twin))
		if !slices.Equal(ids, []string{"a"}) || len(dropped) != 2 || !strings.HasPrefix(dropped[0], "key b: ") {
			t.Errorf("beside %s: %q, and dropped %q", twin, ids, dropped)
		}
	}
	if ids, dropped := idsOf(t, setOf(keyB, keyA, keyB, keyB)); len(ids) != 1 || len(dropped) != 3 {
		t.Errorf("three times: %q, and dropped %q", ids, dropped)
	}
}

func TestASetThatCannotBeUsedIsAnError(t *testing.T) {
	many := make([]string, 33)
	for i := range many {
		many[i] = edKey(fmt.Sprint(i), byte(i+1))
	}
	for _, c := range []struct{ name, set, why string }{
		{"too large", setOf(keyA) + strings.Repeat(" ", 64<<10), "64 KiB"},
		{"too many keys", setOf(many...), "33 keys"},
		{"empty", ``, "cannot be read"},
		{"a page", `<html>please log in</html>`, "cannot be read"},
		{"null", `null`, "ms2_issuer"},
		{"a list", `[` + keyA + `]`, "cannot be read"},
		{"no keys", `{"ms2_issuer":"ms2"}`, "no keys"},
		{"keys null", `{"ms2_issuer":"ms2","keys":null}`, "no keys"},
		{"keys of another case", `{"ms2_issuer":"ms2","KEYS":[` + keyA + `]}`, "no keys"},
		{"an empty list", setOf(), "no keys"},
		{"a key for keys", `{"ms2_issuer":"ms2","keys":` + keyA + `}`, "cannot be read"},
		{"keys twice", `{"ms2_issuer":"ms2","keys":[],"keys":[` + keyA + `]}`, "duplicate"},
		{"the issuer twice", `{"ms2_issuer":"ms2","ms2_issuer":"ms2","keys":[` + keyA + `]}`, "duplicate"},
		{"the issuer a number", `{"ms2_issuer":2,"keys":[` + keyA + `]}`, "cannot be read"},
		{"cut off", strings.TrimSuffix(setOf(keyA), "}"), "cannot be read"},
		{"more behind", setOf(keyA) + `{}`, "cannot be read"},
		{"a byte order mark", "\ufeff" + setOf(keyA), "byte order mark"},
		{"no UTF-8", strings.Replace(setOf(keyA), "sig", "s\xffg", 1), "UTF-8"},
		{"nested too deep", `{"ms2_issuer":"ms2","more":` + strings.Repeat("[", 32_000) + strings.Repeat("]", 32_000) + `,"keys":[]}`, "max depth"},
		{"no usable key", setOf(rsaKey), "key r: its type is RSA"},
	} {
		keys, _, err := parseSet([]byte(c.set), "ms2", true)
		if keys != nil && err != nil && len(keys) > 0 || err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: %v, %v; want %q", c.name, keys, err, c.why)
		}
	}
	if _, _, err := parseSet([]byte(setOf(many[:32]...)), "ms2", true); err != nil {
		t.Errorf("32 keys: %v", err)
	}
}

func TestTheSetOfAnotherServiceIsRefused(t *testing.T) {
	bare := `{"keys":[` + keyA + `]}`
	for _, c := range []struct {
		set            string
		required, want bool
	}{
		{setOf(keyA), true, true}, {setOf(keyA), false, true},
		{bare, true, false}, {bare, false, true},
		{setBy("idp", keyA), true, false}, {setBy("idp", keyA), false, false},
		{setBy("", keyA), true, false}, {setBy("MS2", keyA), true, false}, {setBy("ms2 ", keyA), false, false},
		{strings.Replace(setOf(keyA), "ms2_issuer", "MS2_ISSUER", 1), true, false},
		{strings.Replace(setOf(keyA), "ms2_issuer", "issuer", 1), true, false},
	} {
		_, _, err := parseSet([]byte(c.set), "ms2", c.required)
		if (err == nil) != c.want || err != nil && (!errors.Is(err, errForeignSet) || !strings.Contains(err.Error(), `"ms2"`)) {
			t.Errorf("required %v, %s: %v", c.required, c.set, err)
		}
	}
	if _, _, err := parseSet([]byte(setBy("idp", keyA)), "ms2", true); !strings.Contains(err.Error(), `"idp"`) {
		t.Errorf("the error does not name the other: %v", err)
	}
}

func TestWhatASetSaysIsShortInErrors(t *testing.T) {
	long := strings.Repeat("x\x1b", 20_000)
	for _, set := range []string{
		setBy(long, keyA), strings.Replace(setOf(keyA), "kid", strings.Repeat("x", 30_000)+`":1,"`+strings.Repeat("x", 30_000), 1),
		setOf(keyA, fmt.Sprintf(`{"kid":"b","kty":"%s"}`, strings.Repeat(`\u001b`, 9_000))),
	} {
		_, dropped, err := parseSet([]byte(set), "ms2", true)
		if text := fmt.Sprint(dropped, err); len(text) > 600 || strings.Contains(text, "\x1b") {
			t.Errorf("%d bytes: %.300q", len(text), text)
		}
	}
}
