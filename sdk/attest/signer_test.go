package attest_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"ms2.internal/lb/sdk/attest"
	"ms2.internal/lb/sdk/protocol"
)

func TestATokenIsWhatGoJoseVerifiesAndTheVerifierDecodes(t *testing.T) {
	items := []attest.Item{one, {SID: `x"\<>&`}, {SID: "vendor:1", Kind: "vendør", Version: `"7"`}}
	for _, algorithm := range []string{attest.EdDSA, attest.ES256} {
		s := signerOf(t, attest.SignerOptions{Life: 90*time.Second + 999*time.Millisecond}, keyOf(t, "k<1>&", algorithm))
		before := time.Now().Unix()
		token, err := s.Sign("", items...)
		if err != nil {
			t.Fatal(err)
		}
		c := claimsOf(t, s, token)
		if c.Issuer != "ms2" || c.Audience != "ms1" || c.Binding != "" || fmt.Sprint(c.Items) != fmt.Sprint(items) {
			t.Errorf("%s: %+v", algorithm, c)
		}
		if c.Issued < before || c.Issued > time.Now().Unix() || c.Expires != c.Issued+90 {
			t.Errorf("%s: issued at %d of %d, expires at %d", algorithm, c.Issued, before, c.Expires)
		}
	}
}

func TestTheHeaderIsAlgKidAndTypToTheByte(t *testing.T) {
	for _, algorithm := range []string{attest.EdDSA, attest.ES256} {
		header, _, _ := strings.Cut(sign(t, signerOf(t, attest.SignerOptions{}, keyOf(t, "k<1>", algorithm))), ".")
		text, err := base64.RawURLEncoding.Strict().DecodeString(header)
		if want := `{"alg":"` + algorithm + `","kid":"k<1>","typ":"ms2-attest+jwt"}`; err != nil || string(text) != want {
			t.Errorf("%s, %v", text, err)
		}
	}
}

func TestATokenIsTheSameBytesThatGoJoseSigns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		key := keyOf(t, "k1", attest.EdDSA)
		s := signerOf(t, attest.SignerOptions{}, key)
		token := sign(t, s)
		signing := jose.SigningKey{Algorithm: jose.EdDSA, Key: jose.JSONWebKey{Key: key.Private, KeyID: "k1"}}
		other, err := jose.NewSigner(signing, (&jose.SignerOptions{}).WithType(protocol.AttestationType))
		if err != nil {
			t.Fatal(err)
		}
		jws, err := other.Sign(verified(t, token, publishedSet(t, s)))
		if err != nil {
			t.Fatal(err)
		}
		if want, _ := jws.CompactSerialize(); token != want {
			t.Errorf("%s is not %s", token, want)
		}
	})
}

func TestEveryES256SignatureIsOf64Bytes(t *testing.T) {
	s := signerOf(t, attest.SignerOptions{}, keyOf(t, "k1", attest.ES256))
	set := publishedSet(t, s)
	for range 600 { // one in 128 has an r or s that begins with a zero byte
		token := sign(t, s)
		if signature := token[strings.LastIndexByte(token, '.')+1:]; len(signature) != 86 {
			t.Fatalf("%d characters", len(signature))
		}
		verified(t, token, set)
	}
}

func TestABoundTokenNamesNobodyAndDiffersByAudiencePepperAndSubject(t *testing.T) {
	seen := map[string]bool{}
	for _, pepper := range []string{"", "pepper", "salt"} {
		s := signerOf(t, attest.SignerOptions{Pepper: []byte(pepper)}, keyOf(t, "k1", attest.EdDSA))
		for _, subject := range []string{"alice", "bob"} {
			token, err := s.Sign(subject, one)
			if err != nil {
				t.Fatal(err)
			}
			c := claimsOf(t, s, token)
			if len(c.Binding) != 43 || seen[c.Binding] {
				t.Errorf("%q %q: %q", pepper, subject, c.Binding)
			}
			seen[c.Binding] = true
		}
	}
}

// many are n items with SIDs of a length.
func many(n, length int) (items []attest.Item) {
	for i := range n {
		items = append(items, attest.Item{SID: fmt.Sprintf("%0*d", length, i)})
	}
	return items
}

func TestWhatOneAttestationCannotCarryIsAnErrorThatSaysSo(t *testing.T) {
	s := signerOf(t, attest.SignerOptions{}, keyOf(t, "k1", attest.EdDSA))
	for _, items := range [][]attest.Item{many(65, 8), many(64, 64), many(12, 256)} {
		if token, err := s.Sign("", items...); token != "" || !errors.Is(err, protocol.ErrAttestationTooLarge) {
			t.Errorf("%d items: %v", len(items), err)
		}
	}
	token, err := s.Sign(strings.Repeat("s", protocol.MaxSubjectBytes), many(64, 30)...)
	if err != nil || len(token) > protocol.MaxAttestationBytes {
		t.Errorf("64 items: %d bytes, %v", len(token), err)
	}
}

func TestTheLongestTokenIsOfExactlyTheLimit(t *testing.T) {
	s := signerOf(t, attest.SignerOptions{}, keyOf(t, "k1", attest.EdDSA))
	longest := 0
	for length := 100; length < 256; length++ {
		token, err := s.Sign("", append(many(10, 256), attest.Item{SID: strings.Repeat("x", length)})...)
		if err != nil && longest == 0 {
			t.Fatal(err)
		}
		longest = max(longest, len(token))
		if (err != nil) != (token == "") || len(token) > protocol.MaxAttestationBytes {
			t.Fatalf("%d: %d bytes, %v", length, len(token), err)
		}
	}
	if longest < protocol.MaxAttestationBytes-1 {
		t.Errorf("the longest is %d bytes", longest)
	}
}

func TestASIDThatVerifiersWouldRefuseIsNotSigned(t *testing.T) {
	s := signerOf(t, attest.SignerOptions{}, keyOf(t, "k1", attest.EdDSA))
	long := strings.Repeat("x", protocol.MaxLabelBytes+1)
	for name, bad := range map[string]attest.Item{
		"empty": {}, "dots": {SID: ".."}, "blank": {SID: "a b"}, "kind": {SID: "a", Kind: long}, "version": {SID: "a", Version: long},
		"not UTF-8": {SID: "a", Kind: "\xff"}, "twice": {SID: one.SID, Version: "4"},
	} {
		token, err := s.Sign("", one, bad)
		var item *protocol.ItemError
		if token != "" || !errors.As(err, &item) || item.Index != 1 || errors.Is(err, protocol.ErrAttestationTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, f := range []func() (string, error){
		func() (string, error) { return s.Sign("") },
		func() (string, error) { return s.Sign(strings.Repeat("s", protocol.MaxSubjectBytes+1), one) },
	} {
		if token, err := f(); token != "" || err == nil {
			t.Errorf("%q", token)
		}
	}
}

func TestBadOptionsAreNamedAllAtOnce(t *testing.T) {
	_, err := attest.NewSigner(attest.SignerOptions{Audience: "\xff", Life: time.Millisecond, KeySetMaxAge: 2 * time.Hour})
	for _, field := range []string{"Issuer", "Audience", "Life", "KeySetMaxAge", "Keys", "GenerateKey"} {
		if err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("%s is not named: %v", field, err)
		}
	}
	for name, o := range map[string]attest.SignerOptions{
		"Life":     {Life: 24*time.Hour + 1},
		"KeysFile": {KeysFile: "/nowhere/keys.json"},
		"Keys":     {Keys: []attest.SigningKey{keyOf(t, "a", attest.EdDSA)}, KeysFile: "/nowhere/keys.json"},
	} {
		o.Issuer, o.Audience = "ms2", "ms1"
		if s, err := attest.NewSigner(o); s != nil || err == nil || !strings.Contains(err.Error(), "SignerOptions."+name+":") {
			t.Errorf("%s is not named: %v", name, err)
		}
	}
}

func TestAKeyThatCannotSignIsRefused(t *testing.T) {
	good, p256 := keyOf(t, "a", attest.EdDSA), keyOf(t, "b", attest.ES256)
	mixed := append(ed25519.PrivateKey(nil), good.Private.(ed25519.PrivateKey)...)
	mixed[40] ^= 1
	other := *p256.Private.(*ecdsa.PrivateKey)
	other.D = new(big.Int).Add(other.D, big.NewInt(1))
	huge := *p256.Private.(*ecdsa.PrivateKey)
	huge.D = new(big.Int).Lsh(big.NewInt(1), 300)
	p384, _ := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	rsaKey, _ := rsa.GenerateKey(rand.Reader, 2048)
	for name, bad := range map[string]attest.SigningKey{
		"no key": {ID: "x"}, "nil": {ID: "x", Private: (*ecdsa.PrivateKey)(nil)}, "short": {ID: "x", Private: good.Private.(ed25519.PrivateKey)[:32]},
		"halves": {ID: "x", Private: mixed}, "ECDSA halves": {ID: "x", Private: &other}, "range": {ID: "x", Private: &huge},
		"curve": {ID: "x", Private: p384}, "RSA": {ID: "x", Private: rsaKey}, "empty": {ID: "x", Private: &ecdsa.PrivateKey{}},
		"no numbers": {ID: "x", Private: &ecdsa.PrivateKey{PublicKey: ecdsa.PublicKey{Curve: elliptic.P256()}}},
		"no ID":      {Private: good.Private}, "long ID": {ID: strings.Repeat("x", 65), Private: good.Private},
		"quote": {ID: `a"b`, Private: good.Private}, "backslash": {ID: `a\b`, Private: good.Private}, "blank": {ID: "a b", Private: good.Private},
		"umlaut": {ID: "ä", Private: good.Private}, "twice": {ID: "a", Private: p256.Private},
		"year": {ID: "x", Private: good.Private, From: time.Unix(1e12, 0)},
	} {
		s := signerOf(t, attest.SignerOptions{}, good)
		if err := s.Rotate(good, bad); err == nil || strings.Contains(err.Error(), "big.Int") {
			t.Errorf("%s: %v", name, err)
		}
		publishes(t, s, "a")
		if _, err := attest.MarshalSigningKeys(good, bad); err == nil {
			t.Errorf("%s is marshalled", name)
		}
	}
}

func TestNoWayToPrintShowsAPrivateKeyOrThePepper(t *testing.T) {
	key := keyOf(t, "k1", attest.EdDSA)
	seed := key.Private.(ed25519.PrivateKey).Seed()
	o := attest.SignerOptions{Keys: []attest.SigningKey{key}, Pepper: []byte("hunter22hunter22")}
	s := signerOf(t, o, key)
	secrets := []string{
		fmt.Sprint(seed[:4])[1:12], fmt.Sprintf("%x", seed[:4]), base64.StdEncoding.EncodeToString(seed[:6]), fmt.Sprintf("%#v", seed[:3])[7:20],
		"hunter22", fmt.Sprintf("%x", "hunter"), fmt.Sprint([]byte("hunter"))[1:12], base64.StdEncoding.EncodeToString([]byte("hunter")),
	}
	for _, value := range []any{key, &key, []attest.SigningKey{key}, o, &o, s, (*attest.Signer)(nil)} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x", "%q"} {
			hides(t, fmt.Sprintf(verb, value), secrets)
		}
		text, err := json.Marshal(value)
		if err != nil {
			t.Error(err)
		}
		hides(t, string(text), secrets)
		var l log
		l.logger().Info("x", "value", value)
		hides(t, l.take(), secrets)
	}
}

func hides(t *testing.T, text string, secrets []string) {
	t.Helper()
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			t.Errorf("%q shows %q", text, secret)
		}
	}
}

func TestASignerMayBeUsedConcurrently(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		keys := []attest.SigningKey{keyOf(t, "a", attest.EdDSA), keyOf(t, "b", attest.ES256), keyOf(t, "c", attest.EdDSA)}
		s := signerOf(t, attest.SignerOptions{KeySetMaxAge: time.Minute}, keys[0])
		var group sync.WaitGroup
		for i := range 4 {
			group.Go(func() {
				for range 30 {
					<-time.After(10 * time.Second)
					verified(t, sign(t, s), publishedSet(t, s))
				}
			})
			group.Go(func() {
				for j := range 10 {
					<-time.After(31 * time.Second)
					rotate(t, s, keys[(i+j)%3], keys[(i+j+1)%3])
				}
			})
		}
		group.Wait()
	})
}
