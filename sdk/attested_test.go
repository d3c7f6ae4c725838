package sdk_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// scriptedVerifier knows tokens by heart: one that begins with "forged" was, one that begins with "old" has expired.
type scriptedVerifier struct {
	mu       sync.Mutex
	tokens   map[string]*sdk.Attestation
	verified []string
	setup    sdk.AttestationSetup
	running  chan struct{} // closed when Run returns
	open     error
}

func newVerifier() *scriptedVerifier {
	return &scriptedVerifier{tokens: map[string]*sdk.Attestation{}, running: make(chan struct{})}
}

func (v *scriptedVerifier) Open(s sdk.AttestationSetup) error { v.setup = s; return v.open }
func (v *scriptedVerifier) Run(ctx context.Context)           { <-ctx.Done(); close(v.running) }
func (v *scriptedVerifier) Stats() sdk.AttestationStats {
	return sdk.AttestationStats{Verified: 7, Forged: map[string]int64{"signature": 1}}
}

func (v *scriptedVerifier) Verify(token, subject string) (*sdk.Attestation, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.verified = append(v.verified, token)
	switch a := v.tokens[token]; {
	case strings.HasPrefix(token, "forged"):
		return nil, &sdk.AttestationError{Reason: "signature", Detail: "its signature is wrong", Forged: true}
	case strings.HasPrefix(token, "bound") && subject != "ann":
		return nil, &sdk.AttestationError{Reason: "subject", Detail: "it is another user's", Forged: true}
	case a == nil || !time.Now().Before(a.Expires):
		return nil, &sdk.AttestationError{Reason: "expired", Detail: "it has expired"}
	default:
		return a, nil
	}
}

// sign makes a token that vouches for SIDs, each a product in version 1, for ten minutes from now on.
func (v *scriptedVerifier) sign(token string, sids ...string) sdk.CheckOption {
	now := time.Now()
	a := &sdk.Attestation{Issued: now, Since: now.Add(-30 * time.Second), Expires: now.Add(10 * time.Minute)}
	for _, sid := range sids {
		a.Items = append(a.Items, protocol.Attested{SID: sid, Kind: "product", Version: "1"})
	}
	v.tokens[token] = a
	return sdk.AttestedBy(token)
}

func (v *scriptedVerifier) count() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.verified)
}

// withVerifier runs a test with a client that verifies by v, and an MS2 that calls every SID valid, a product in version 2.
func withVerifier(t *testing.T, test func(t *testing.T, f *fleet, c *sdk.Client, v *scriptedVerifier)) {
	t.Helper()
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(answering(func(protocol.Item) protocol.Result {
			return protocol.Result{Status: "valid", Kind: "product", Version: "2", MaxAge: 60, StaleWhileRevalidate: 60}
		}))
		v := newVerifier()
		test(t, f, f.clientWith(sdk.Config{Endpoints: []string{"a:80"}, KeysInsecure: true}, sdk.WithAttestations(v)), v)
	}, "a")
}

func TestWhatATokenVouchesForNeedsNoRequest(t *testing.T) {
	withVerifier(t, func(t *testing.T, f *fleet, c *sdk.Client, v *scriptedVerifier) {
		token := v.sign("t", "x", "y")
		got := expect(t, c, "y", true, sdk.Attested, token)
		if got.Kind != "product" || got.Version != "1" || !got.Expires.Equal(time.Now().Add(10*time.Minute)) {
			t.Errorf("got %+v", got)
		}
		if s := c.Stats(); f.requests() != 0 || s.Checks.Attested != 1 || s.Attestations == nil || s.Attestations.Verified != 7 {
			t.Errorf("%d requests, %+v, %+v", f.requests(), s.Checks, s.Attestations)
		}
	})
}

func TestAFreshVerdictIsAnsweredWithoutALookAtTheToken(t *testing.T) {
	withVerifier(t, func(t *testing.T, _ *fleet, c *sdk.Client, v *scriptedVerifier) {
		expect(t, c, "x", true, sdk.Fresh)
		expect(t, c, "x", true, sdk.Cached, v.sign("t", "x"))
		expect(t, c, "x", true, sdk.Cached, sdk.AttestedBy("forged"))
		if n := v.count(); n != 0 {
			t.Errorf("%d tokens verified", n)
		}
	})
}

func TestVerifyAttestationsRefusesAForgedTokenWhateverTheCacheHolds(t *testing.T) {
	withVerifier(t, func(t *testing.T, f *fleet, c *sdk.Client, v *scriptedVerifier) {
		verify, token, others := sdk.VerifyAttestations(), v.sign("t", "x"), v.sign("u", "y")
		expect(t, c, "x", true, sdk.Fresh, verify)
		refuses(t, c, "x", sdk.ErrForged, verify, sdk.AttestedBy("forged"))
		for _, unforged := range []sdk.CheckOption{others, sdk.AttestedBy("old"), sdk.AttestedBy("")} {
			expect(t, c, "x", true, sdk.Cached, verify, unforged)
		}
		expect(t, c, "x", true, sdk.Cached, verify, sdk.AttestedBy("forged"), token) // which vouches, for an older version
		all, err := c.ValidateAll(t.Context(), sdk.SIDs("x", "y"), verify, sdk.AttestedBy("forged"), others)
		if !errors.Is(err, sdk.ErrForged) || all[0].Valid || all[1].Origin != sdk.Attested {
			t.Errorf("got %v, %v", all, err)
		}
		if f.requests() != 1 {
			t.Errorf("%d requests", f.requests())
		}
	})
}

func TestATokenSparesTheRequestBehindAStaleVerdict(t *testing.T) {
	withVerifier(t, func(t *testing.T, f *fleet, c *sdk.Client, v *scriptedVerifier) {
		expect(t, c, "x", true, sdk.Fresh)
		time.Sleep(90 * time.Second)
		expect(t, c, "x", true, sdk.Attested, v.sign("t", "x"))
		synctest.Wait()
		if n := f.requests(); n != 1 {
			t.Errorf("%d requests", n)
		}
		expect(t, c, "x", true, sdk.Stale, v.sign("t", "other"))
		synctest.Wait()
		if n := f.requests(); n != 2 {
			t.Errorf("%d requests: what no token vouches for is not renewed", n)
		}
	})
}

func TestWhatNoTokenVouchesForIsAsked(t *testing.T) {
	for name, check := range map[string]func(c *sdk.Client, v *scriptedVerifier) (string, []sdk.CheckOption){
		"expired": func(_ *sdk.Client, _ *scriptedVerifier) (string, []sdk.CheckOption) {
			return "x", []sdk.CheckOption{sdk.AttestedBy("old")}
		},
		"another SID": func(_ *sdk.Client, v *scriptedVerifier) (string, []sdk.CheckOption) {
			return "x", []sdk.CheckOption{v.sign("t", "y")}
		},
		"another version": func(_ *sdk.Client, v *scriptedVerifier) (string, []sdk.CheckOption) {
			return "x", []sdk.CheckOption{v.sign("t", "x"), sdk.HasVersion("2")}
		},
		"NoCache": func(_ *sdk.Client, v *scriptedVerifier) (string, []sdk.CheckOption) {
			return "x", []sdk.CheckOption{v.sign("t", "x"), sdk.NoCache()}
		},
		"too old": func(_ *sdk.Client, v *scriptedVerifier) (string, []sdk.CheckOption) {
			token := v.sign("t", "x")
			time.Sleep(11 * time.Second)
			return "x", []sdk.CheckOption{token, sdk.MaxAge(10 * time.Second)}
		},
		"no kind": func(_ *sdk.Client, v *scriptedVerifier) (string, []sdk.CheckOption) {
			token := v.sign("t", "x")
			v.tokens["t"].Items[0].Kind = ""
			return "x", []sdk.CheckOption{token, sdk.OfKind("product")}
		},
		"invalidated after": func(c *sdk.Client, v *scriptedVerifier) (string, []sdk.CheckOption) {
			token := v.sign("t", "x")
			time.Sleep(time.Minute)
			c.Invalidate("x")
			return "x", []sdk.CheckOption{token}
		},
		"invalidated within the skew before": func(c *sdk.Client, v *scriptedVerifier) (string, []sdk.CheckOption) {
			c.Invalidate("x")
			time.Sleep(30 * time.Second)
			return "x", []sdk.CheckOption{v.sign("t", "x")}
		},
	} {
		t.Run(name, func(t *testing.T) {
			withVerifier(t, func(t *testing.T, _ *fleet, c *sdk.Client, v *scriptedVerifier) {
				sid, opts := check(c, v)
				expect(t, c, sid, true, sdk.Fresh, opts...)
			})
		})
	}
}

func TestAnInvalidationLongBeforeTheTokenIsKnownToIt(t *testing.T) {
	withVerifier(t, func(t *testing.T, _ *fleet, c *sdk.Client, v *scriptedVerifier) {
		c.Invalidate("x")
		time.Sleep(30*time.Second + 1)
		expect(t, c, "x", true, sdk.Attested, v.sign("t", "x"))
	})
}

// A verdict that MS2 gave after it signed is no answer any more once it expired, but the token is none either.
func TestASIDThatMS2HasSaidSomethingElseOfIsAsked(t *testing.T) {
	for name, c := range map[string]struct {
		result protocol.Result
		valid  bool
		origin sdk.Origin
	}{
		"invalid since":        {protocol.Result{Status: "invalid", MaxAge: 5}, false, sdk.Fresh},
		"another version":      {protocol.Result{Status: "valid", Version: "2", MaxAge: 5}, true, sdk.Fresh},
		"the same version":     {protocol.Result{Status: "valid", Version: "1", MaxAge: 5}, true, sdk.Attested},
		"MS2 tells no version": {protocol.Result{Status: "valid", MaxAge: 5}, true, sdk.Attested},
	} {
		t.Run(name, func(t *testing.T) {
			withVerifier(t, func(t *testing.T, f *fleet, client *sdk.Client, v *scriptedVerifier) {
				f.all(answering(func(protocol.Item) protocol.Result { return c.result }))
				token := v.sign("t", "x")
				time.Sleep(time.Second)
				expect(t, client, "x", c.valid, sdk.Fresh)
				time.Sleep(6 * time.Second)
				expect(t, client, "x", c.valid, c.origin, token)
			})
		})
	}
}

func TestAForgedTokenEndsTheCheckOfWhatNoOtherVouchesFor(t *testing.T) {
	withVerifier(t, func(t *testing.T, f *fleet, c *sdk.Client, v *scriptedVerifier) {
		good := v.sign("t", "x")
		expect(t, c, "x", true, sdk.Attested, sdk.AttestedBy("forged"), good)
		expect(t, c, "x", true, sdk.Attested, good, sdk.AttestedBy("forged"))
		err := refuses(t, c, "y", sdk.ErrForged, good, sdk.AttestedBy("forged"))
		var why *sdk.AttestationError
		if !errors.As(err, &why) || why.Reason != "signature" || f.requests() != 0 {
			t.Errorf("got %v, %d requests", err, f.requests())
		}
		refuses(t, c, "not a SID", sdk.ErrMalformedSID, sdk.AttestedBy("forged"))
		expect(t, c, "y", true, sdk.Fresh) // nothing was kept of it
		if s := c.Stats().Checks; s.Forged != 1 || s.Failed != 0 || s.Malformed != 1 {
			t.Errorf("%+v", s)
		}
	})
}

func TestABoundTokenIsForItsSubjectAlone(t *testing.T) {
	withVerifier(t, func(t *testing.T, _ *fleet, c *sdk.Client, v *scriptedVerifier) {
		token := v.sign("bound", "x")
		refuses(t, c, "x", sdk.ErrForged, token)
		refuses(t, c, "x", sdk.ErrForged, token, sdk.Subject("bob"))
		expect(t, c, "x", true, sdk.Attested, token, sdk.Subject("ann"))
	})
}

func TestRequireAttestationTakesNoCachedVerdict(t *testing.T) {
	withVerifier(t, func(t *testing.T, f *fleet, c *sdk.Client, v *scriptedVerifier) {
		expect(t, c, "x", true, sdk.Fresh)
		token := v.sign("t", "x")
		v.tokens["t"].Items[0].Version = "2"
		expect(t, c, "x", true, sdk.Attested, sdk.RequireAttestation(), token)
		refuses(t, c, "x", sdk.ErrForged, sdk.RequireAttestation(), sdk.AttestedBy("forged"))
		expect(t, c, "x", true, sdk.Fresh, sdk.RequireAttestation())
		expect(t, c, "x", true, sdk.Fresh, sdk.RequireAttestation(), sdk.AttestedBy("old"))
		if n := f.requests(); n != 3 {
			t.Errorf("%d requests", n)
		}
	})
}

func TestManyChecksVerifyEachTokenOnce(t *testing.T) {
	withVerifier(t, func(t *testing.T, f *fleet, c *sdk.Client, v *scriptedVerifier) {
		const n = 100
		var sids []string
		var opts []sdk.CheckOption
		for i := range n {
			sid := fmt.Sprintf("s%d", i)
			sids, opts = append(sids, sid), append(opts, v.sign("t"+sid, sid))
		}
		verdicts, err := c.ValidateAll(t.Context(), sdk.SIDs(append(sids, "left")...), opts...)
		if err != nil || v.count() != n || f.requests() != 1 {
			t.Errorf("%v, %d verified, %d requests", err, v.count(), f.requests())
		}
		for i, got := range verdicts {
			want := sdk.Attested
			if i == n {
				want = sdk.Fresh
			}
			if got.SID != append(sids, "left")[i] || got.Origin != want || !got.Valid {
				t.Errorf("%d: %+v", i, got)
			}
		}
	})
}

func TestEachSIDLeftOverIsRefusedWhenAnyTokenWasForged(t *testing.T) {
	withVerifier(t, func(t *testing.T, f *fleet, c *sdk.Client, v *scriptedVerifier) {
		verdicts, err := c.ValidateAll(t.Context(), sdk.SIDs("x", "y", "z"), sdk.AttestedBy("forged"), v.sign("t", "y"))
		var failed sdk.CheckErrors
		if !errors.As(err, &failed) || len(failed) != 2 || failed[0].SID != "x" || failed[1].SID != "z" || !errors.Is(failed[1], sdk.ErrForged) {
			t.Errorf("got %v", err)
		}
		if verdicts[1].Origin != sdk.Attested || verdicts[0].Valid || f.requests() != 0 {
			t.Errorf("got %+v", verdicts)
		}
	})
}

func TestTooManyForgedTokensAreNotAllVerified(t *testing.T) {
	withVerifier(t, func(t *testing.T, _ *fleet, c *sdk.Client, v *scriptedVerifier) {
		var opts []sdk.CheckOption
		for i := range 1000 {
			opts = append(opts, sdk.AttestedBy(fmt.Sprint("forged", i)))
		}
		refuses(t, c, "x", sdk.ErrForged, opts...)
		if n := v.count(); n != 16 {
			t.Errorf("%d verified", n)
		}
	})
}

func TestAnErrorSaysWhyTheTokenDidNotHelp(t *testing.T) {
	withVerifier(t, func(t *testing.T, f *fleet, c *sdk.Client, _ *scriptedVerifier) {
		f.all(status(500))
		var call *sdk.CallError
		err := refuses(t, c, "x", nil, sdk.AttestedBy("old"))
		if !strings.Contains(err.Error(), "it has expired") || !errors.As(err, &call) {
			t.Errorf("got %v", err)
		}
		_, err = c.ValidateAll(t.Context(), sdk.SIDs("x"), sdk.AttestedBy("old"))
		if !strings.Contains(err.Error(), "it has expired") {
			t.Errorf("got %v", err)
		}
	})
}

func TestTokensAreNotLookedAtWithoutAVerifierAndAfterClose(t *testing.T) {
	withVerifier(t, func(t *testing.T, f *fleet, c *sdk.Client, v *scriptedVerifier) {
		expect(t, f.client(), "x", true, sdk.Fresh, sdk.AttestedBy("forged"))
		if f.client().Stats().Attestations != nil {
			t.Error("statistics of nothing")
		}
		token := v.sign("t", "x")
		c.Close()
		refuses(t, c, "x", sdk.ErrClosed, token)
		<-v.running
	})
}

func TestTokensThatNothingVerifiesAreWarnedOfOnce(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		log := &journal{do: func(string) {}}
		c := f.clientWith(sdk.Config{Endpoints: []string{"a:80"}, KeysFile: "keys.json"}, sdk.WithLogger(slog.New(log)))
		expect(t, c, "x", true, sdk.Fresh, sdk.AttestedBy("t"))
		expect(t, c, "y", true, sdk.Fresh, sdk.AttestedBy("t"))
		synctest.Wait()
		log.mu.Lock()
		defer log.mu.Unlock()
		if said := strings.Join(log.said, "\n"); strings.Count(said, "nothing verifies them") != 1 || strings.Count(said, "MS2_KEYS_FILE") != 1 {
			t.Errorf("logged %s", said)
		}
	}, "a")
}

func TestAStaleVerdictIsServedWithoutAVerifierThoughATokenCame(t *testing.T) {
	withVerifier(t, func(t *testing.T, f *fleet, _ *sdk.Client, _ *scriptedVerifier) {
		c := f.client()
		expect(t, c, "x", true, sdk.Fresh)
		time.Sleep(90 * time.Second)
		expect(t, c, "x", true, sdk.Stale, sdk.AttestedBy("t"))
	})
}

func TestTheVerifierIsToldOfTheClient(t *testing.T) {
	withVerifier(t, func(t *testing.T, f *fleet, _ *sdk.Client, v *scriptedVerifier) {
		if v.setup.Transport == nil || v.setup.Encrypted || !v.setup.KeysInsecure || v.setup.KeysFile != "" || v.setup.Log == nil {
			t.Errorf("got %+v", v.setup)
		}
		bad := newVerifier()
		bad.open = errors.New("no keys")
		c, err := sdk.New(sdk.Config{Endpoints: []string{"a:80"}}, sdk.WithAttestations(bad), sdk.WithTransport(func(http.RoundTripper) http.RoundTripper { return f.transport }))
		if c != nil || !errors.Is(err, bad.open) {
			t.Errorf("got %v", err)
		}
	})
}

func TestForgedTokensAreLoggedOnceAMinuteWithTheirNumber(t *testing.T) {
	withVerifier(t, func(t *testing.T, f *fleet, _ *sdk.Client, _ *scriptedVerifier) {
		log := &journal{do: func(string) {}}
		c := f.clientWith(sdk.Config{Endpoints: []string{"a:80"}}, sdk.WithAttestations(newVerifier()), sdk.WithLogger(slog.New(log)))
		flood := func(n int) {
			for range n {
				refuses(t, c, "x", sdk.ErrForged, sdk.AttestedBy("forged"))
			}
			synctest.Wait()
		}
		told := func() string {
			synctest.Wait()
			log.mu.Lock()
			defer log.mu.Unlock()
			of := slices.DeleteFunc(slices.Clone(log.said), func(said string) bool { return !strings.Contains(said, "forged") })
			return strings.ReplaceAll(fmt.Sprint(of), "ms2: forged attestations were refused ", "")
		}
		flood(5)
		time.Sleep(30 * time.Second)
		flood(7)
		if got := told(); got != "[1]" {
			t.Errorf("at first: %s", got)
		}
		time.Sleep(31 * time.Second)
		if got := told(); got != "[1 11]" {
			t.Errorf("after a minute: %s", got)
		}
		time.Sleep(time.Hour)
		flood(3)
		c.Close()
		if got := told(); got != "[1 11 1 2]" {
			t.Errorf("at the end: %s", got)
		}
	})
}
