package sdktest

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// life is for how long an attestation counts.
const life = 10 * time.Minute

// Attest returns an attestation of items for the user subject, "" for anybody, which the client answers by for ten minutes, of
// Origin [sdk.Attested] and without a request. It is a text that the client knows by heart, and is no JSON Web Token. For another
// subject it is an [sdk.ErrForged], as it is at the client of another MS2. What the items say need not be what MS2 says.
func (m *MS2) Attest(subject string, items ...protocol.Attested) string {
	return m.attested.sign(subject, time.Now(), items)
}

// Forged returns a token whose SIDs fail with an [sdk.ErrForged], by the reason "signature".
func (m *MS2) Forged() string { return fmt.Sprint("forged-", made.Add(1)) }

// Expired returns an attestation whose time is over: it is no answer, and MS2 is asked.
func (m *MS2) Expired() string { return m.attested.sign("", time.Now().Add(-life), nil) }

// made numbers all tokens of the process, so that none is taken for another.
var made atomic.Int64

// attestations are what one MS2 attested. It is the client's [sdk.Attestations].
type attestations struct {
	mu               sync.Mutex
	tokens           map[string]attestation // guarded by mu
	verified         int64                  // guarded by mu
	forged, unusable map[string]int64       // guarded by mu; by reason
}

// attestation is what a token says, and to whom.
type attestation struct {
	*sdk.Attestation
	subject string
}

func newAttestations() *attestations {
	return &attestations{tokens: map[string]attestation{}, forged: map[string]int64{}, unusable: map[string]int64{}}
}

func (a *attestations) sign(subject string, at time.Time, items []protocol.Attested) string {
	token := fmt.Sprint("attested-", made.Add(1))
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tokens[token] = attestation{&sdk.Attestation{Items: slices.Clone(items), Issued: at, Since: at, Expires: at.Add(life)}, subject}
	return token
}
