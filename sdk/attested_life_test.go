package sdk_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// A call of many checks may take longer than what a token has left when it is first looked at.
func TestATokenThatEndsDuringALargeCallIsNoAnswerFromThenOn(t *testing.T) {
	withVerifier(t, func(t *testing.T, f *fleet, c *sdk.Client, v *scriptedVerifier) {
		f.all(after(400*time.Millisecond, answering(func(protocol.Item) protocol.Result {
			return protocol.Result{Status: "valid", Kind: "product", Version: "2", MaxAge: 60}
		})))
		expect(t, c, "warm", true, sdk.Fresh)
		token := v.sign("t", "first", "last")
		v.tokens["t"].Expires = time.Now().Add(200 * time.Millisecond)
		checks := sdk.SIDs("first")
		for i := range 4000 {
			checks = append(checks, sdk.Check{SID: fmt.Sprint("s", i)})
		}
		began := time.Now()
		verdicts, err := c.ValidateAll(t.Context(), append(checks, sdk.Check{SID: "last"}), token)
		if err != nil || verdicts[0].Origin != sdk.Attested {
			t.Errorf("%v, %+v", err, verdicts[0])
		}
		if last := verdicts[len(verdicts)-1]; last.Origin == sdk.Attested {
			t.Errorf("attested until %v after the call began, answered %v after", last.Expires.Sub(began), time.Since(began))
		}
	})
}

func TestTokensAreNotVerifiedForACallerThatLeft(t *testing.T) {
	withVerifier(t, func(t *testing.T, _ *fleet, c *sdk.Client, v *scriptedVerifier) {
		var opts []sdk.CheckOption
		for i := range 1000 {
			opts = append(opts, v.sign(fmt.Sprint("t", i), fmt.Sprint("s", i)))
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := c.ValidateAll(ctx, sdk.SIDs("other"), opts...); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		if n := v.count(); n != 0 {
			t.Errorf("%d tokens were verified for nobody", n)
		}
	})
}

// What is at most so old by MS2's clock may be older by as much as that clock is ahead: Since is what is certain.
func TestMaxAgeIsNotProlongedByAClockOfMS2ThatIsAhead(t *testing.T) {
	withVerifier(t, func(t *testing.T, _ *fleet, c *sdk.Client, v *scriptedVerifier) {
		token := v.sign("t", "x")
		a := v.tokens["t"]
		a.Issued, a.Since = a.Issued.Add(29*time.Second), a.Since.Add(29*time.Second) // signed now by a clock that is ahead
		time.Sleep(35 * time.Second)
		expect(t, c, "x", true, sdk.Fresh, token, sdk.MaxAge(10*time.Second))
	})
}

func TestTheConfiguredMaximumAgeIsThatOfAttestationsToo(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(answering(func(protocol.Item) protocol.Result { return protocol.Result{Status: "valid", MaxAge: 600} }))
		v := newVerifier()
		c := f.clientWith(sdk.Config{Endpoints: []string{"a:80"}, KeysInsecure: true, MaxAge: time.Minute}, sdk.WithAttestations(v))
		token := v.sign("t", "x")
		if got := expect(t, c, "x", true, sdk.Attested, token); got.Expires.After(time.Now().Add(time.Minute)) {
			t.Errorf("believed until %v from now", time.Until(got.Expires))
		}
		time.Sleep(61 * time.Second)
		expect(t, c, "x", true, sdk.Fresh, token)
	}, "a")
}

// An answer that may not be kept was an answer all the same.
func TestASIDThatMS2CalledInvalidIsNotAttestedAfterwards(t *testing.T) {
	for name, result := range map[string]protocol.Result{
		"kept":     {Status: "invalid", MaxAge: 5},
		"not kept": {Status: "invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			withVerifier(t, func(t *testing.T, f *fleet, c *sdk.Client, v *scriptedVerifier) {
				f.all(answering(func(protocol.Item) protocol.Result { return result }))
				token := v.sign("t", "x")
				time.Sleep(time.Second)
				expect(t, c, "x", false, sdk.Fresh, token, sdk.HasVersion("2"))
				time.Sleep(6 * time.Second)
				expect(t, c, "x", false, sdk.Fresh, token)
			})
		})
	}
}

// The work of a call is in proportion to its checks and tokens, whatever their order: eight times as many take eight times as long.
func BenchmarkManyTokens(b *testing.B) {
	for _, n := range []int{1000, 8000} {
		for name, order := range map[string]func([]sdk.Check){"same order": func([]sdk.Check) {}, "reversed": slices.Reverse[[]sdk.Check]} {
			b.Run(fmt.Sprintf("%d, %s", n, name), func(b *testing.B) {
				v := newVerifier()
				_, c := benchServer(b, genuineStore{}, protocol.HandlerOptions{}, sdk.Config{KeysInsecure: true}, sdk.WithAttestations(v))
				var sids []string
				var opts []sdk.CheckOption
				for i := range n {
					sid := fmt.Sprintf("usb:046d:%06d", i)
					sids, opts = append(sids, sid), append(opts, v.sign("t"+sid, sid))
				}
				checks := sdk.SIDs(sids...)
				order(checks)
				for b.Loop() {
					if verdicts, err := c.ValidateAll(b.Context(), checks, opts...); err != nil || verdicts[n-1].Origin != sdk.Attested {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/check")
			})
		}
	}
}

// panickyVerifier fails as code of an adopter's may.
type panickyVerifier struct{ *scriptedVerifier }

func (panickyVerifier) Verify(string, string) (*sdk.Attestation, error) {
	panic("a bug of the verifier's")
}
func (panickyVerifier) Stats() sdk.AttestationStats { panic("another") }

func TestAVerifierThatPanicsCostsATokenAndNoMore(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(answering(func(protocol.Item) protocol.Result { return protocol.Result{Status: "valid", MaxAge: 60} }))
		c := f.clientWith(sdk.Config{Endpoints: []string{"a:80"}, KeysInsecure: true}, sdk.WithAttestations(panickyVerifier{newVerifier()}))
		defer func() {
			if p := recover(); p != nil {
				t.Errorf("the caller's goroutine panicked: %v", p)
			}
		}()
		expect(t, c, "x", true, sdk.Fresh, sdk.AttestedBy("t"))
		_ = c.Stats()
	}, "a")
}

// eagerVerifier fetches in Open.
type eagerVerifier struct {
	*scriptedVerifier
	err error
}

func (v *eagerVerifier) Open(s sdk.AttestationSetup) error {
	request, _ := http.NewRequest(http.MethodGet, "http://ms2/", nil)
	_, v.err = s.Transport.RoundTrip(request)
	return nil
}

func TestATransportThatIsUsedBeforeRunIsAnErrorAndNoPanic(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		defer func() {
			if p := recover(); p != nil {
				t.Errorf("New panicked: %v", p)
			}
		}()
		v := &eagerVerifier{scriptedVerifier: newVerifier()}
		f.clientWith(sdk.Config{Endpoints: []string{"a:80"}, KeysInsecure: true}, sdk.WithAttestations(v))
		if v.err == nil {
			t.Error("no error")
		}
	}, "a")
}

// MS2 called the SID invalid, came to know it, and signed that. Who comes with the token is no forger.
func TestANegativeVerdictIsNotHeldAgainstWhatMS2SignedSince(t *testing.T) {
	for name, c := range map[string]struct {
		pause  time.Duration
		origin sdk.Origin
	}{
		"long after":              {40 * time.Second, sdk.Attested},
		"within the clocks' skew": {5 * time.Second, sdk.Fresh},
	} {
		t.Run(name, func(t *testing.T) {
			withVerifier(t, func(t *testing.T, f *fleet, client *sdk.Client, v *scriptedVerifier) {
				status := protocol.Status("invalid")
				f.all(answering(func(protocol.Item) protocol.Result { return protocol.Result{Status: status, MaxAge: 300} }))
				expect(t, client, "x", false, sdk.Fresh)
				time.Sleep(c.pause)
				expect(t, client, "x", false, sdk.Cached)
				status = "valid"
				token := v.sign("t", "x")
				expect(t, client, "x", true, c.origin, token)
			})
		})
	}
}

// Who holds on to a token costs MS2 no more than a request a second for each SID that is not valid any more.
func TestAnOldTokenIsNoWayAroundANegativeVerdict(t *testing.T) {
	withVerifier(t, func(t *testing.T, f *fleet, c *sdk.Client, v *scriptedVerifier) {
		f.all(answering(func(protocol.Item) protocol.Result { return protocol.Result{Status: "invalid", MaxAge: 300} }))
		token := v.sign("t", "x")
		time.Sleep(time.Minute)
		expect(t, c, "x", false, sdk.Fresh)
		before := f.requests()
		for range 1000 {
			if got, err := c.Validate(t.Context(), "x", token); err != nil || got.Valid {
				t.Fatalf("%+v, %v", got, err)
			}
		}
		if n := f.requests() - before; n > 1 {
			t.Errorf("%d requests", n)
		}
	})
}

// Each check is counted once, whatever its options, its tokens and MS2 do.
func TestEveryCheckWithTokensIsCountedOnce(t *testing.T) {
	withVerifier(t, func(t *testing.T, f *fleet, c *sdk.Client, v *scriptedVerifier) {
		draw := rand.New(rand.NewPCG(1, 2))
		sids := []string{"a", "b", "c", "d", "e", "not a SID", ""}
		option := func() sdk.CheckOption {
			sid := sids[draw.IntN(5)]
			return []func() sdk.CheckOption{
				sdk.NoCache, sdk.RequireAttestation,
				func() sdk.CheckOption { return sdk.MaxAge(time.Duration(draw.IntN(60)) * time.Second) },
				func() sdk.CheckOption { return sdk.HasVersion([]string{"1", "2"}[draw.IntN(2)]) },
				func() sdk.CheckOption { return sdk.OfKind([]string{"product", "vendor"}[draw.IntN(2)]) },
				func() sdk.CheckOption { return sdk.AttestedBy([]string{"forged", "old", "bound"}[draw.IntN(3)]) },
				func() sdk.CheckOption { return v.sign("t"+sid, sid) },
				func() sdk.CheckOption { return sdk.AttestedBy("t" + sid) },
				func() sdk.CheckOption { return sdk.Subject("ann") },
			}[draw.IntN(9)]()
		}
		total := int64(0)
		for range 500 {
			f.all([]http.HandlerFunc{status(500), answering(func(i protocol.Item) protocol.Result {
				kind := []string{"", "product"}[rand.IntN(2)]
				return protocol.Result{SID: i.SID, Status: []protocol.Status{"valid", "invalid"}[rand.IntN(2)], Kind: kind, Version: "2", MaxAge: rand.Int64N(20), StaleWhileRevalidate: 10, StaleIfError: 20}
			})}[min(1, draw.IntN(4))])
			var opts []sdk.CheckOption
			for range draw.IntN(5) {
				opts = append(opts, option())
			}
			if draw.IntN(2) == 0 {
				total++
				_, _ = c.Validate(t.Context(), sids[draw.IntN(len(sids))], opts...)
			} else {
				total += int64(len(sids))
				_, _ = c.ValidateAll(t.Context(), sdk.SIDs(sids...), opts...)
			}
			if draw.IntN(20) == 0 {
				c.Invalidate(sids[draw.IntN(5)])
			}
			time.Sleep(time.Duration(draw.IntN(3000)*(1+29*(draw.IntN(4)/3))) * time.Millisecond)
			s := c.Stats().Checks
			if got := s.Fresh + s.Cached + s.Stale + s.Attested + s.Failed + s.Malformed + s.Forged; got != total {
				t.Fatalf("%d checks, %d counted: %+v", total, got, s)
			}
		}
		t.Logf("%+v", c.Stats().Checks)
	})
}
