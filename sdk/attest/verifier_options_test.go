package attest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/sdk/attest"
)

func TestAllThatIsWrongWithTheOptionsIsSaidAtOnce(t *testing.T) {
	_, err := attest.NewVerifier(attest.VerifierOptions{
		Algorithms: []string{"EdDSA", "none", "HS256"}, MaxLife: 25 * time.Hour, Skew: 6 * time.Minute, Remember: 1<<20 + 1,
	})
	for _, want := range []string{"Issuer", "Audience", `"none"`, `"HS256"`, "MaxLife is 25h", "1s to 24h", "Skew is 6m",
		"at most 5m", "Remember is 1048577"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("not said: %s: %v", want, err)
		}
	}
}

func TestEachOptionIsGoodToItsLimits(t *testing.T) {
	good := attest.VerifierOptions{Issuer: issuer, Audience: audience}
	for name, edit := range map[string]func(*attest.VerifierOptions){
		"zero": func(*attest.VerifierOptions) {}, "MaxLife 1s": func(o *attest.VerifierOptions) { o.MaxLife = time.Second },
		"MaxLife 24h":        func(o *attest.VerifierOptions) { o.MaxLife = 24 * time.Hour },
		"Skew 5m":            func(o *attest.VerifierOptions) { o.Skew = 5 * time.Minute },
		"no skew":            func(o *attest.VerifierOptions) { o.Skew = -1 },
		"nothing remembered": func(o *attest.VerifierOptions) { o.Remember = -1 },
		"8 peppers":          func(o *attest.VerifierOptions) { o.Peppers = make([][]byte, 8) },
		"most":               func(o *attest.VerifierOptions) { o.Remember = 1 << 20 },
		"ES256":              func(o *attest.VerifierOptions) { o.Algorithms = []string{attest.ES256} },
	} {
		o := good
		edit(&o)
		if _, err := attest.NewVerifier(o); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, edit := range map[string]func(*attest.VerifierOptions){
		"MaxLife 1ns":     func(o *attest.VerifierOptions) { o.MaxLife = 1 },
		"MaxLife below 0": func(o *attest.VerifierOptions) { o.MaxLife = -time.Hour },
		"MaxLife":         func(o *attest.VerifierOptions) { o.MaxLife = 24*time.Hour + 1 },
		"Skew":            func(o *attest.VerifierOptions) { o.Skew = 5*time.Minute + 1 },
		"Issuer":          func(o *attest.VerifierOptions) { o.Issuer = "" },
		"Audience":        func(o *attest.VerifierOptions) { o.Audience = "" },
		"Peppers":         func(o *attest.VerifierOptions) { o.Peppers = make([][]byte, 9) },
		"Algorithms":      func(o *attest.VerifierOptions) { o.Algorithms = []string{""} },
	} {
		o := good
		edit(&o)
		if v, err := attest.NewVerifier(o); v != nil || err == nil || !strings.Contains(err.Error(), strings.Fields(name)[0]) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOptionsAreCopiedAndThePepperIsNotShown(t *testing.T) {
	f, pepper, algorithms := newForge(t), []byte("pepper"), []string{attest.EdDSA}
	v := f.verifier(t, peppered(pepper), func(o *attest.VerifierOptions) { o.Algorithms = algorithms })
	token := f.token(edHeader, bound(v.Digest("alice")))
	pepper[0], algorithms[0] = 'P', attest.ES256
	taken(t, v, "alice", token)
	for _, verb := range []string{"%v", "%+v", "%#v"} {
		if text := fmt.Sprintf(verb, v); strings.Contains(text, "112 101 112 112") ||
			strings.Contains(text, "0x65, 0x70, 0x70") || strings.Contains(text, "pepper") {
			t.Errorf("%s shows it", verb)
		}
	}
}
