package attest_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/attest"
)

// No token by the new key is seen here, so nothing but the next renewal shows that the old one is withdrawn.
func TestAWithdrawnKeyIsOutWithinARenewalAndHalfAMinute(t *testing.T) {
	tell(t, func(s *story) {
		b := keyOf(t, "b", attest.EdDSA)
		signer := signerOf(t, attest.SignerOptions{Life: 10 * time.Minute, KeySetMaxAge: storyMaxAge}, keyOf(t, "a", attest.EdDSA))
		s.up("a:80", signer)
		c, l := s.client(sdk.Config{})
		pass(time.Second)
		s.allAttested(s.load(c, 10*time.Second, signer))
		sid, fresh := s.sid(), s.sid()
		remembered, first := s.token(signer, sid), s.token(signer, fresh)
		s.checks(c, sid, remembered, sdk.Attested)
		rotate(t, signer, attest.SigningKey{ID: "a", Withdrawn: true}, b)
		took := s.untilKeys(c, "b")
		if took < storyGap || took > storyRenewal+storyGap {
			t.Errorf("out after %v", took)
		}
		asked, _, forced := l.counts()
		if asked != 0 || forced != 1 {
			t.Errorf("%d requests for verdicts, %d for keys out of turn", asked, forced)
		}
		s.checks(c, sid, remembered, sdk.Fresh)
		s.checks(c, fresh, first, sdk.Fresh)
		s.allAttested(s.load(c, 10*time.Second, signer))
		if got := stats(c); got.Unusable[attest.ReasonUnknownKey] != 2 || c.Stats().Checks.Forged != 0 {
			t.Errorf("%+v", got)
		}
	})
}

// Under load the new key's first token brings the fetch at once.
func TestAWithdrawnKeyIsOutInHalfAMinuteWhereTheNextIsSeen(t *testing.T) {
	tell(t, func(s *story) {
		signer := s.signs(keyOf(t, "a", attest.EdDSA))
		s.up("a:80", signer)
		c, l := s.client(sdk.Config{})
		pass(time.Second)
		o := s.load(c, 2*time.Second, signer)
		sid := s.sid()
		token := s.token(signer, sid)
		s.checks(c, sid, token, sdk.Attested)
		rotate(t, signer, attest.SigningKey{ID: "a", Withdrawn: true}, keyOf(t, "b", attest.EdDSA))
		o = o.plus(s.load(c, storyGap+time.Second, signer))
		if o.failed != 0 || o.asked < 1 || o.asked > 2 {
			t.Error(o)
		}
		if ids := stats(c).Keys.IDs; !slices.Equal(ids, []string{"b"}) {
			t.Errorf("the client has %v", ids)
		}
		if _, _, forced := l.counts(); forced != 2 {
			t.Errorf("%d fetches out of turn", forced)
		}
	})
}

// checks wants a check of a SID with a token to end so.
func (s *story) checks(c *sdk.Client, sid string, token sdk.CheckOption, want sdk.Origin) {
	s.Helper()
	if v, err := c.Validate(s.Context(), sid, token); err != nil || !v.Valid || v.Origin != want {
		s.Errorf("%s: got %v %v, %v, want %v", sid, v.Origin, v.Valid, err, want)
	}
}

// untilKeys lets time pass until a client has these keys and no others, and returns how long that took.
func (s *story) untilKeys(c *sdk.Client, ids ...string) time.Duration {
	s.Helper()
	began := time.Now()
	for !slices.Equal(stats(c).Keys.IDs, ids) {
		if time.Since(began) > time.Hour {
			s.Fatalf("the client has %v, not %v", stats(c).Keys.IDs, ids)
		}
		pass(10 * time.Millisecond)
	}
	synctest.Wait()
	return time.Since(began)
}
