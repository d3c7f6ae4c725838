package attest_test

import (
	"crypto"
	"fmt"
	"strings"
	"testing"

	"ms2.internal/lb/sdk/attest"
)

var floodAttacks = []attack{
	{"57 a flood of unknown kids grows nothing", func(t *testing.T, f *forge) {
		v := f.verifier(t)
		body := "." + b64(claims()) + "." + b64(strings.Repeat("s", 64))
		for i := range 3000 {
			asked(t, v, "unknown_key", b64(head("kid", fmt.Sprintf("%q", fmt.Sprint("k", i))))+body)
		}
		flat(t, v, 0, 0)
		if n := v.Stats().Unusable[attest.ReasonUnknownKey]; n != 3000 {
			t.Errorf("counted %d", n)
		}
	}},
	{"58 many spellings do not flush the memory", func(t *testing.T, f *forge) {
		v := f.verifier(t, func(o *attest.VerifierOptions) { o.Remember = 8 })
		token := f.genuine()
		taken(t, v, "", token)
		text, sig, _ := cutLast(token)
		for _, twin := range append(twins(sig), sig+"=", sig+"==", sig+"\n", " "+sig) {
			for range 10 {
				if _, err := v.Verify(text+"."+twin, ""); reasonOf(err) != "malformed" {
					t.Fatal(err)
				}
			}
		}
		before := v.Stats()
		taken(t, v, "", token)
		if now := v.Stats(); now.Verified != before.Verified || now.Remembered != before.Remembered+2 {
			t.Errorf("verified again: %+v", now)
		}
		flat(t, v, 1, 1)
	}},
	{"59 a flood of bad signatures is counted and grows nothing", func(t *testing.T, f *forge) {
		v := f.verifier(t)
		heads := []string{edHeader, `{"kid":"ed-1","alg":"EdDSA","typ":"ms2-attest+jwt"}`,
			`{"typ":"ms2-attest+jwt","kid":"ed-1","alg":"EdDSA"}`}
		for i := range 300 {
			refused(t, v, "signature", signature(f.token(heads[i%3], claims()), fmt.Sprintf("%064d", i)))
		}
		flat(t, v, 0, 0)
		if s := v.Stats(); s.Forged[attest.ReasonSignature] != 300 || s.Verified != 0 {
			t.Errorf("counted %+v", s)
		}
	}},
	{"60 several headers joined are no token", refuse("malformed", func(f *forge) []string {
		g := f.genuine()
		return []string{g + "," + g, g + ", " + g, g + "." + g, g + "\x00" + g}
	})},
	{"61 a withdrawn key takes its remembered tokens along", func(t *testing.T, f *forge) {
		v, ed, ec := f.verifier(t), f.genuine(), f.ecToken(ecHeader, claims())
		taken(t, v, "", ed, ec)
		v.Hold(map[string]crypto.PublicKey{"ec-1": f.ec.Public()})
		asked(t, v, "unknown_key", ed, ed, f.genuine())
		taken(t, v, "", ec)
		v.Hold(map[string]crypto.PublicKey{"ed-1": newForge(t).ed.Public()}) // another key by the same name
		if _, err := v.Verify(ed, ""); reasonOf(err) != "signature" {
			t.Errorf("by another key: %v", err)
		}
	}},
}

// flat wants so many tokens and headers remembered.
func flat(t *testing.T, v *attest.Verifier, tokens, heads int) {
	t.Helper()
	if gotTokens, gotHeads := v.Kept(); gotTokens != tokens || gotHeads != heads {
		t.Errorf("%d tokens and %d headers remembered, want %d and %d", gotTokens, gotHeads, tokens, heads)
	}
}
