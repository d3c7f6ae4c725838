package sdk_test

import (
	"errors"
	"testing"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// ofItsName is an MS2 whose SIDs are named after their kind.
func ofItsName(item protocol.Item) protocol.Result {
	switch item.SID {
	case "invalid":
		return protocol.Result{Status: "invalid", MaxAge: 60}
	case "kindless":
		return protocol.Result{Status: "valid", MaxAge: 60}
	}
	return protocol.Result{Status: "valid", Kind: item.SID, MaxAge: 60}
}

func TestAnotherKindIsNotValid(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(answering(ofItsName))
		c := f.client()
		for _, origin := range []sdk.Origin{sdk.Fresh, sdk.Cached} {
			if v := expect(t, c, "vendor", false, origin, sdk.OfKind("product")); v.Kind != "vendor" {
				t.Errorf("got %+v", v)
			}
			expect(t, c, "product", true, origin, sdk.OfKind("product"))
			expect(t, c, "invalid", false, origin, sdk.OfKind("product"))
			refuses(t, c, "kindless", sdk.ErrNoKind, sdk.OfKind("product"))
		}
		expect(t, c, "vendor", true, sdk.Cached)
		expect(t, c, "kindless", true, sdk.Cached)
		if s := c.Stats().Checks; s.Kindless != 2 || s.Failed != 0 || s.Fresh+s.Cached != 10 {
			t.Errorf("%+v", s)
		}
	}, "a")
}

func TestEachOfManyChecksIsHeldToItsOwnKind(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(answering(ofItsName))
		c := f.client()
		checks := []sdk.Check{
			{SID: "vendor", Kind: "product"}, {SID: "vendor", Kind: "vendor"}, {SID: "product"}, {SID: "kindless", Kind: "product"},
		}
		for range 2 {
			verdicts, err := c.ValidateAll(t.Context(), checks, sdk.OfKind("product"))
			var failed sdk.CheckErrors
			if !errors.As(err, &failed) || len(failed) != 1 || failed[0].Index != 3 || !errors.Is(failed[0], sdk.ErrNoKind) {
				t.Errorf("got %v", err)
			}
			if verdicts[0].Valid || verdicts[0].Kind != "vendor" || !verdicts[1].Valid || !verdicts[2].Valid {
				t.Errorf("got %+v", verdicts)
			}
		}
	}, "a")
}

func TestAnAttestedSIDOfAnotherKindIsNotValid(t *testing.T) {
	withVerifier(t, func(t *testing.T, f *fleet, c *sdk.Client, v *scriptedVerifier) {
		token := v.sign("t", "x")
		if got := expect(t, c, "x", false, sdk.Attested, token, sdk.OfKind("vendor")); got.Kind != "product" || f.requests() != 0 {
			t.Errorf("got %+v, %d requests", got, f.requests())
		}
	})
}
