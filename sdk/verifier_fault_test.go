package sdk_test

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"

	"ms2.internal/lb/sdk"
)

// panicking is a verifier that panics over each token.
type panicking struct{}

func (panicking) Open(sdk.AttestationSetup) error { return nil }
func (panicking) Run(ctx context.Context)         { <-ctx.Done() }
func (panicking) Stats() sdk.AttestationStats     { return sdk.AttestationStats{} }
func (panicking) Verify(token, _ string) (*sdk.Attestation, error) {
	panic("no key for " + token)
}

func TestAVerifierThatPanicsIsToldOnceWithoutTheToken(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		log := &lines{}
		c := f.clientWith(sdk.Config{Endpoints: []string{"a:80"}}, sdk.WithAttestations(panicking{}), sdk.WithLogger(slog.New(log)))
		for _, sid := range []string{"x", "y"} {
			expect(t, c, sid, true, sdk.Fresh, sdk.AttestedBy(tokenMark))
		}
		synctest.Wait()
		told := log.of(slog.LevelError)
		if len(told) != 1 {
			t.Fatalf("%d lines", len(told))
		}
		told[0].Attrs(func(a slog.Attr) bool { wantUnmarked(t, "the log", a.String()); return true })
	}, "a")
}
