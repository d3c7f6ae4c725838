package attest

import (
	"sync/atomic"

	"ms2.internal/lb/sdk"
)

// tally counts what became of tokens.
type tally struct {
	verified, remembered atomic.Int64
	refused              [allReasons]atomic.Int64
}

// Stats describes the keys, and what became of tokens: every reason is there, with 0 for none.
func (v *Verifier) Stats() sdk.AttestationStats {
	s := sdk.AttestationStats{
		Verified: v.tally.verified.Load(), Remembered: v.tally.remembered.Load(),
		Forged: map[string]int64{}, Unusable: map[string]int64{}, Keys: v.ring.stats(),
	}
	for why := accepted + 1; why < allReasons; why++ {
		counts := s.Unusable
		if refusals[why].Forged {
			counts = s.Forged
		}
		counts[refusals[why].Reason] = v.tally.refused[why].Load()
	}
	return s
}
