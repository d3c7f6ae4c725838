package pages

import (
	"net/http/httptest"
	"testing"
	"time"

	"ms2.internal/lb/examples/ms2/catalog"
	"ms2.internal/lb/sdk/protocol"
)

// stamp signs whatever it is given.
type stamp struct{ protocol.Attester }

func (stamp) Sign(string, ...protocol.Attested) (string, error) { return "signed", nil }

func TestDataThatIsOldWhenItIsSignedGetsNoAttestationAndIsNotKept(t *testing.T) {
	t.Parallel()
	p := pages{Options: Options{Signer: stamp{}, Life: 10 * time.Minute, Age: time.Minute}}
	r := httptest.NewRequest("GET", Path+"?attest=1", nil)
	for age, want := range map[time.Duration][2]string{0: {"signed", "public, max-age=60"}, 2 * maxLookup: {"", "no-store"}} {
		v := p.visit(r, time.Now().Add(-age))
		var e catalog.Entity
		if err := v.attest(&e); err != nil || e.Attestation != want[0] || v.cacheControl() != want[1] {
			t.Errorf("%v old: got %q, %s, %v; want %v", age, e.Attestation, v.cacheControl(), err, want)
		}
	}
}
