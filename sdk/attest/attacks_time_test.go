package attest_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/attest"
	"ms2.internal/lb/sdk/protocol"
)

func peppered(peppers ...[]byte) func(*attest.VerifierOptions) {
	return func(o *attest.VerifierOptions) { o.Peppers = peppers }
}

func requireBinding(o *attest.VerifierOptions) { o.RequireBinding = true }

// reasonOf is the reason of an error, "" for another or none.
func reasonOf(err error) string {
	var why *sdk.AttestationError
	if errors.As(err, &why) {
		return why.Reason
	}
	return ""
}

// timed are claims issued and expiring so long after now.
func timed(issued, expires time.Duration) string {
	return claims(func(c *protocol.Claims) {
		now := c.Issued
		c.Issued, c.Expires = now+int64(issued/time.Second), now+int64(expires/time.Second)
	})
}

var timeAttacks = []attack{
	{"47 † exp far ahead is capped", inBubble(func(t *testing.T, f *forge) {
		v, now := f.verifier(t), time.Now()
		for _, row := range []struct{ issued, expires, want time.Duration }{
			{0, 10 * time.Minute, 10 * time.Minute}, {0, 15 * time.Minute, 15 * time.Minute},
			{0, 16 * time.Minute, 15 * time.Minute}, {0, 24 * 365 * 50 * time.Hour, 15 * time.Minute},
			{-10 * time.Minute, time.Hour, 5 * time.Minute}, {30 * time.Second, time.Hour, 15 * time.Minute},
			{-9 * time.Minute, time.Second, time.Second},
		} {
			if said := taken(t, v, "", f.token(edHeader, timed(row.issued, row.expires))); said.Expires.Sub(now) != row.want {
				t.Errorf("iat %v, exp %v: believed for %v, want %v", row.issued, row.expires, said.Expires.Sub(now), row.want)
			}
		}
		asked(t, v, "expired", f.token(edHeader, timed(-15*time.Minute, time.Hour)),
			f.token(edHeader, timed(-time.Hour, 24*time.Hour)))
		token := f.token(edHeader, withTimes(`"exp":`, "253402300799")[0])
		taken(t, v, "", token)
		time.Sleep(15*time.Minute - 1)
		taken(t, v, "", token)
		time.Sleep(time.Nanosecond)
		asked(t, v, "expired", token)
		asked(t, f.verifier(t), "expired", token)
	})},
	{"48 † now == exp: asked", inBubble(func(t *testing.T, f *forge) {
		v, token := f.verifier(t), f.token(edHeader, timed(0, time.Second))
		taken(t, v, "", token)
		time.Sleep(time.Second - 1)
		taken(t, v, "", token)
		taken(t, f.verifier(t), "", token)
		time.Sleep(time.Nanosecond)
		asked(t, v, "expired", token)
		asked(t, f.verifier(t), "expired", token)
		time.Sleep(30 * time.Second) // skew is no leeway
		asked(t, f.verifier(t), "expired", token)
	})},
	{"49 † iat negative or missing", signedClaims("claims", func() []string {
		return append(withTimes(`"iat":`, "-1", "0", "-9223372036854775808", "null", `"1"`, "1.5", "1e9", "true", "[1]"),
			with(`"iat"`, `"iot"`))
	})},
	{"50 † iat in the future", inBubble(func(t *testing.T, f *forge) {
		v := f.verifier(t)
		taken(t, v, "", f.token(edHeader, timed(30*time.Second, 10*time.Minute)))
		asked(t, v, "issued_in_future", f.token(edHeader, timed(31*time.Second, 10*time.Minute)),
			f.token(edHeader, timed(time.Hour, 2*time.Hour)), f.token(edHeader, timed(24*365*99*time.Hour, 24*365*100*time.Hour)))
		if n := v.Stats().Unusable[attest.ReasonFuture]; n != 3 {
			t.Errorf("counted %d", n)
		}
		none := f.verifier(t, func(o *attest.VerifierOptions) { o.Skew = -1 })
		taken(t, none, "", f.token(edHeader, timed(0, time.Minute)))
		asked(t, none, "issued_in_future", f.token(edHeader, timed(time.Second, time.Minute)))
	})},
	{"51 the clock jumps after remembering", func(t *testing.T, f *forge) {
		v, token, now := f.verifier(t), f.token(edHeader, timed(0, 10*time.Minute)), time.Now()
		if _, err := v.VerifyAt(token, "", now); err != nil {
			t.Fatal(err)
		}
		for _, row := range []struct {
			wall, monotonic time.Duration
			want            string
		}{
			{time.Minute, time.Minute, ""}, {time.Hour, time.Minute, "expired"}, {-time.Hour, time.Minute, ""},
			{-time.Hour, 11 * time.Minute, "expired"}, {time.Minute, 11 * time.Minute, "expired"},
		} {
			if _, err := v.VerifyAt(token, "", attest.Clocks(now, row.wall, row.monotonic)); reasonOf(err) != row.want {
				t.Errorf("wall %v, monotonic %v: %v, want %q", row.wall, row.monotonic, err, row.want)
			}
		}
	}},
}

// inBubble runs a row in fake time.
func inBubble(run func(*testing.T, *forge)) func(*testing.T, *forge) {
	return func(t *testing.T, f *forge) { synctest.Test(t, func(t *testing.T) { run(t, f) }) }
}
