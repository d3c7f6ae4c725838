package sdk_test

import (
	"net/http"
	"testing"

	"ms2.internal/lb/sdk"
)

// refusing answers what bears the SID "x" by a refusal, and calls the others valid.
func refusing(refusal http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if bearing(r, "x") {
			refusal(w, r)
			return
		}
		results("valid", 0, 0, 0)(w, r)
	}
}

func TestAWitnessWhoRefusesOtherwiseDoesNotMakeARefusalStand(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.replicas["a"].answer(refusing(status(403)))
		f.replicas["b"].answer(refusing(status(422)))
		f.replicas["c"].answer(results("valid", 0, 0, 0))
		c := f.client()
		for range 50 {
			for range 10 {
				expect(t, c, "good", true, sdk.Fresh)
			}
			expect(t, c, "x", true, sdk.Fresh)
		}
		for _, name := range []string{"a", "b"} {
			if s := statsOf(c, name); s.Refused == 0 || s.Successes == 0 {
				t.Errorf("%+v", s)
			}
		}
	}, "a", "b", "c")
}
