package attest_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk/attest"
)

func remember(n int) func(*attest.VerifierOptions) {
	return func(o *attest.VerifierOptions) { o.Remember = n }
}

// genuines are n different ones.
func (f *forge) genuines(n int) (tokens []string) {
	for i := range n {
		tokens = append(tokens, f.token(edHeader, with("usb:046d", fmt.Sprint("usb:", i))))
	}
	return tokens
}

func TestNoMoreTokensAreRememberedThanAllowed(t *testing.T) {
	f := newForge(t)
	tokens := f.genuines(100)
	for most, want := range map[int]int{-1: 0, 1: 7, 7: 7, 14: 14, 15: 21} {
		v := f.verifier(t, remember(most))
		for _, token := range tokens {
			if _, err := v.Verify(token, ""); err != nil {
				t.Fatal(err)
			}
		}
		if kept, _ := v.Kept(); kept != want {
			t.Errorf("Remember %d: %d", most, kept)
		}
	}
}

func TestATokenInUseOutlivesManyThatComeOnce(t *testing.T) {
	f := newForge(t)
	v, tokens := f.verifier(t, remember(7)), f.genuines(100)
	for _, token := range tokens[1:] {
		taken(t, v, "", tokens[0])
		if _, err := v.Verify(token, ""); err != nil {
			t.Fatal(err)
		}
	}
	if s := v.Stats(); s.Verified != 100 {
		t.Errorf("%d signatures checked, want one a token", s.Verified)
	}
}

func TestTokensThatEndedMakeRoomFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newForge(t)
		v := f.verifier(t, remember(7))
		short := f.token(edHeader, timed(0, time.Minute))
		taken(t, v, "", short)
		long := f.genuines(6)
		taken(t, v, "", long...)
		time.Sleep(time.Minute)
		asked(t, v, "expired", short)
		taken(t, v, "", f.token(edHeader, timed(0, time.Hour)))
		before := v.Stats().Verified
		taken(t, v, "", long...)
		if now := v.Stats().Verified; now != before {
			t.Errorf("%d of those with time left were forgotten", now-before)
		}
	})
}

func TestWhileAQuarterIsFreeNothingIsForgotten(t *testing.T) {
	f := newForge(t)
	v, tokens := f.verifier(t, remember(1400)), f.genuines(1000)
	for range 2 {
		for _, token := range tokens {
			if _, err := v.Verify(token, ""); err != nil {
				t.Fatal(err)
			}
		}
	}
	if s := v.Stats(); s.Verified > 1003 {
		t.Errorf("%d of 1000 forgotten", s.Verified-1000)
	}
}
