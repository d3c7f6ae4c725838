package attest_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/attest"
)

func TestTheStatsSayWhatBecameOfTokensAndNothingOfThem(t *testing.T) {
	tell(t, func(s *story) {
		signer := s.signs(keyOf(t, "a", attest.EdDSA))
		s.up("a:80", signer)
		c, _ := s.client(sdk.Config{})
		pass(time.Second)
		secret := "sid-secret"
		token, err := signer.Sign("alice", attest.Item{SID: secret})
		if err != nil {
			t.Fatal(err)
		}
		alice, cut := sdk.Subject("alice"), token[:len(token)-1]
		for _, opts := range [][]sdk.CheckOption{
			{sdk.AttestedBy(token), alice}, {sdk.AttestedBy(token), alice},
			{sdk.AttestedBy(token), sdk.Subject("mallory")}, {sdk.AttestedBy(token)},
			{sdk.AttestedBy(cut), alice},
		} {
			_, _ = c.Validate(s.Context(), secret, opts...)
		}
		pass(storyLife)
		_, _ = c.Validate(s.Context(), secret, sdk.AttestedBy(token), alice)
		text := s.statsOf(c)
		for _, want := range []string{
			`"attested":2`, `"forged":3`, `"verified":1`, `"remembered":1`, `"subject":2`, `"malformed":1`, `"signature":0`,
			`"expired":1`, `"unknown_key":0`, `"source":"/.well-known/jwks.json"`, `"ids":["a"]`, `"error":null`, `"age_seconds":11`,
		} {
			if !strings.Contains(text, want) {
				t.Errorf("no %s in %s", want, text)
			}
		}
		hides(t, text+s.log.take(), append(strings.Split(token, "."), cut, "alice", "mallory", secret))
	})
}

// statsOf is the JSON of a client's statistics.
func (s *story) statsOf(c *sdk.Client) string {
	s.Helper()
	text, err := json.Marshal(c.Stats())
	if err != nil {
		s.Fatal(err)
	}
	return string(text)
}

func TestForgedTokensAreLoggedOnceAMinuteAndNothingOfThem(t *testing.T) {
	tell(t, func(s *story) {
		signer := s.signs(keyOf(t, "a", attest.EdDSA))
		stranger := s.signs(keyOf(t, "a", attest.EdDSA)) // another key by the same name
		s.up("a:80", signer)
		c, l := s.client(sdk.Config{})
		pass(time.Second)
		_ = s.log.take()
		for range 90 {
			if v, err := s.once(c, stranger); v.Valid || !errors.Is(err, sdk.ErrForged) {
				t.Fatalf("%+v, %v", v, err)
			}
			pass(900 * time.Millisecond) // 66 until the minute is over
		}
		synctest.Wait()
		text := s.log.take()
		if strings.Count(text, "forged attestations were refused") != 2 || !strings.Contains(text, "count=1 ") || !strings.Contains(text, "count=66 ") {
			t.Errorf("logged %s", text)
		}
		hides(t, text, []string{"sid-", "eyJ"})
		asked, _, _ := l.counts()
		if got := stats(c).Forged[attest.ReasonSignature]; got != 90 || asked != 0 || c.Stats().Checks.Forged != 90 {
			t.Errorf("%d forged, %d requests", got, asked)
		}
	})
}

// What a call's tokens said is a list.
func TestACheckByARememberedTokenAllocatesOnceAtMost(t *testing.T) {
	tell(t, func(s *story) {
		signer := s.signs(keyOf(t, "a", attest.EdDSA))
		s.up("a:80", signer)
		c, _ := s.client(sdk.Config{})
		pass(time.Second)
		sid := s.sid()
		token := s.token(signer, sid)
		s.checks(c, sid, token, sdk.Attested)
		ctx := s.Context()
		if n := testing.AllocsPerRun(1000, func() { _, _ = c.Validate(ctx, sid, token) }); n > 1 {
			t.Errorf("%v allocations", n)
		}
	})
}
