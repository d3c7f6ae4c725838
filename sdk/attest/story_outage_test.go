package attest_test

import (
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/attest"
)

func TestStartedWhileMS2IsDownAttestedChecksSayWhyAndCountFromTheFirstFetchOn(t *testing.T) {
	for _, down := range []time.Duration{time.Second, time.Minute, 10 * time.Minute} {
		t.Run(down.String(), func(t *testing.T) {
			tell(t, func(s *story) {
				signer := s.signs(keyOf(t, "a", attest.EdDSA))
				c, _ := s.client(sdk.Config{})
				for range 4 {
					s.saysWhy(c, signer)
					pass(down / 4)
				}
				s.up("a:80", signer)
				took := s.untilKeys(c, "a")
				if took > min(31*time.Second, max(2*down, 5*time.Second)) { // a backoff that doubles, and a breaker that is open for 2 s
					t.Errorf("the first fetch came after %v", took)
				}
				s.expects(c, signer, sdk.Attested)
				if got := stats(c); got.Keys.Error != nil || got.Unusable[attest.ReasonNoKeys] != 4 {
					t.Errorf("%+v", got)
				}
			})
		})
	}
}

// saysWhy wants a check with a token just signed to fail, for both reasons.
func (s *story) saysWhy(c *sdk.Client, signer *attest.Signer) {
	s.Helper()
	v, err := s.once(c, signer)
	var failed *sdk.CallError
	if v.Valid || !strings.Contains(errorText(err), "no keys yet") || !errors.As(err, &failed) || errors.Is(err, sdk.ErrForged) {
		s.Errorf("%+v, %v", v, err)
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestStartedWhileMS2IsDownAFileOfKeysCountsAtOnce(t *testing.T) {
	tell(t, func(s *story) {
		signer := s.signs(keyOf(t, "a", attest.EdDSA))
		file := filepath.Join(t.TempDir(), "jwks.json")
		writeText(t, file, setOf(t, signer))
		c, l := s.client(sdk.Config{KeysFile: file})
		s.allAttested(s.load(c, time.Minute, signer))
		if asked, keys, _ := l.counts(); asked+keys != 0 {
			t.Errorf("%d and %d requests", asked, keys)
		}
		if _, err := c.Validate(s.Context(), s.sid()); err == nil {
			t.Error("a check without a token was answered")
		}
		if got := stats(c).Keys; got.Source != file || got.Error != nil || *got.AgeSeconds > 10 {
			t.Errorf("%+v", got)
		}
	})
}

// setOf is the key set that a signer serves.
func setOf(t testing.TB, s *attest.Signer) string {
	t.Helper()
	text, err := io.ReadAll(served(s, http.MethodGet).Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestWhileMS2IsDownAttestedChecksGoOnForADay(t *testing.T) {
	tell(t, func(s *story) {
		signer := s.signs(keyOf(t, "a", attest.EdDSA))
		s.up("a:80", signer)
		c, l := s.client(sdk.Config{})
		pass(time.Second)
		s.expects(c, signer, sdk.Attested)
		had := l.lastKeys()
		s.network.serves("a:80", nil)
		sid := s.sid()
		token := s.token(signer, sid)
		expires := time.Now().Add(storyLife)
		for time.Now().Before(expires) {
			s.checks(c, sid, token, sdk.Attested)
			pass(storyLife / 10)
		}
		if v, err := c.Validate(s.Context(), sid, token); v.Valid || !strings.Contains(errorText(err), "it has expired") {
			t.Errorf("expired: %+v, %v", v, err)
		}
		if v, err := c.Validate(s.Context(), s.sid()); v.Valid || err == nil {
			t.Errorf("without a token: %+v, %v", v, err)
		}
		pass(24*time.Hour - time.Since(had) - 10*time.Millisecond)
		s.expects(c, signer, sdk.Attested)
		pass(10 * time.Millisecond)
		s.saysWhy(c, signer)
		if got := stats(c).Keys; len(got.IDs) != 0 || got.Error == nil || *got.AgeSeconds < 86399 {
			t.Errorf("%+v", got)
		}
		s.up("b:80", signer)
		if took := s.untilKeys(c, "a"); took > 31*time.Second {
			t.Errorf("back after %v", took)
		}
		s.expects(c, signer, sdk.Attested)
	})
}
