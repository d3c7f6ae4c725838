package attest_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/attest"
	"ms2.internal/lb/sdk/protocol"
)

func TestAnAttestationSaysWhatWasSigned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newForge(t)
		v, now := f.verifier(t), time.Now()
		time.Sleep(1500 * time.Millisecond)
		all := []protocol.Attested{{SID: "usb:046d", Kind: "vendor", Version: "7"}, {SID: "usb:046d:c52b", Kind: "product"},
			{SID: `a"b\c`}}
		payload := claims(func(c *protocol.Claims) { c.Items, c.Issued, c.Expires = all, now.Unix(), now.Unix()+60 })
		for _, token := range []string{f.token(edHeader, payload), f.ecToken(ecHeader, payload)} {
			said := taken(t, v, "anybody", token)
			if fmt.Sprint(said.Items) != fmt.Sprint(all) || !said.Issued.Equal(now) ||
				!said.Since.Equal(now.Add(-30*time.Second)) || !said.Expires.Equal(now.Add(time.Minute)) {
				t.Errorf("%+v", said)
			}
		}
		none := f.verifier(t, func(o *attest.VerifierOptions) { o.Skew = -1 })
		if said := taken(t, none, "", f.token(edHeader, payload)); !said.Since.Equal(now) {
			t.Errorf("without skew: since %v", said.Since)
		}
	})
}

func TestATokenOfExactlyTheLimitCounts(t *testing.T) {
	f := newForge(t)
	v := f.verifier(t)
	room := protocol.MaxAttestationBytes - len(f.token(edHeader, adding(`"x":""`)))
	for n := room*3/4 - 2; ; n++ {
		token := f.token(edHeader, adding(`"x":"`+strings.Repeat("x", n)+`"`))
		if len(token) > protocol.MaxAttestationBytes {
			refused(t, f.verifier(t), "malformed", token)
			return
		}
		taken(t, v, "", token)
	}
}

func TestWithoutASetMS2IsAskedAndTheErrorSaysSo(t *testing.T) {
	f := newForge(t)
	v, err := attest.NewVerifier(attest.VerifierOptions{Issuer: issuer, Audience: audience})
	if err != nil {
		t.Fatal(err)
	}
	asked(t, v, "no_keys", f.genuine(), f.token(head("kid", `"other"`), claims()))
	if _, err := v.Verify(f.genuine(), ""); !strings.Contains(err.Error(), "no keys yet") {
		t.Errorf("%v", err)
	}
	refused(t, v, "algorithm", f.token(head("alg", `"none"`), claims())) // before any key is looked for
	v.Hold(f.publics())
	taken(t, v, "", f.genuine())
}

func TestEveryReasonIsInTheStatsFromTheStart(t *testing.T) {
	f := newForge(t)
	v := f.verifier(t)
	s := v.Stats()
	forged := []string{attest.ReasonMalformed, attest.ReasonHeader, attest.ReasonAlgorithm, attest.ReasonSignature,
		attest.ReasonClaims, attest.ReasonIssuer, attest.ReasonAudience, attest.ReasonTimes, attest.ReasonSubject}
	unusable := []string{attest.ReasonNoKeys, attest.ReasonUnknownKey, attest.ReasonExpired, attest.ReasonFuture,
		attest.ReasonUnbound}
	for counts, names := range map[*map[string]int64][]string{&s.Forged: forged, &s.Unusable: unusable} {
		for _, name := range names {
			if n, ok := (*counts)[name]; !ok || n != 0 || len(*counts) != len(names) {
				t.Errorf("%s: %v", name, *counts)
			}
		}
	}
	taken(t, v, "", f.genuine())
	if s := v.Stats(); s.Verified != 1 || s.Remembered != 1 {
		t.Errorf("%+v", s)
	}
}

func TestErrorsHoldNothingOfTheTokenAndCostNothing(t *testing.T) {
	f := newForge(t)
	v := f.verifier(t)
	long := strings.Repeat("A", 5000)
	if n := testing.AllocsPerRun(100, func() { v.Verify(long, "") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	_, first := v.Verify(f.token(edHeader, with(`"ms1"`, `"evil\u0000"`)), "")
	_, again := v.Verify(f.token(edHeader, with(`"ms1"`, `"other"`)), "")
	if first != again || !errors.Is(first, sdk.ErrForged) || strings.Contains(first.Error(), "evil") {
		t.Errorf("%v, %v", first, again)
	}
}

func TestARememberedTokenCostsNoAllocation(t *testing.T) {
	f := newForge(t)
	v := f.verifier(t)
	open, secret := f.genuine(), f.token(edHeader, bound(v.Digest("alice")))
	for _, token := range []string{open, secret} {
		taken(t, v, "alice", token)
		if n := testing.AllocsPerRun(100, func() { v.Verify(token, "alice") }); n != 0 {
			t.Errorf("%v allocations", n)
		}
	}
}

func TestVerifyIsSafeForConcurrentUse(t *testing.T) {
	f := newForge(t)
	v := f.verifier(t, func(o *attest.VerifierOptions) { o.Remember = 7 })
	var tokens []string
	for i := range 24 {
		tokens = append(tokens, f.token(edHeader, with("usb:046d", fmt.Sprint("usb:", i))))
	}
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for n := range 200 {
				which := (n*7 + i) % len(tokens)
				said, err := v.Verify(tokens[which], "")
				if err != nil || said.Items[0].SID != fmt.Sprint("usb:", which) {
					t.Errorf("%v, %v", said, err)
				}
				v.Stats()
			}
		})
	}
	all.Wait()
	if kept, _ := v.Kept(); kept > 7 {
		t.Errorf("%d remembered", kept)
	}
}
