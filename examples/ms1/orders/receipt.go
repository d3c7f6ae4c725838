package orders

import (
	"net/http"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/middleware"
)

// Receipt is the answer to an order that was stored.
type Receipt struct {
	Stored

	// Checked says of each SID of the order, once, how it was checked; empty where nothing checks.
	Checked []Checked `json:"checked"`

	// Requests are those that this service sent to MS2 meanwhile, for this order and others; 0 when no SID of it was asked.
	Requests int64 `json:"requests"`
}

// Checked says how a SID was checked.
type Checked struct {
	SID  string `json:"sid"`
	Kind string `json:"kind"`
	How  string `json:"how"` // attested, cached, stale or fresh: see [sdk.Origin]
}

// receipt is that of an order which passed the check of its request.
func (s service) receipt(r *http.Request, stored Stored) Receipt {
	receipt := Receipt{Stored: stored}
	verdicts := middleware.Verdicts(r.Context())
	receipt.Checked = make([]Checked, 0, len(verdicts))
	seen, asked := make(map[string]bool, len(verdicts)), false
	for _, v := range verdicts {
		asked = asked || v.Origin == sdk.Fresh || v.Origin == sdk.Stale // asked in vain, or behind
		if !seen[v.SID] {
			receipt.Checked = append(receipt.Checked, Checked{SID: v.SID, Kind: v.Kind, How: v.Origin.String()})
			seen[v.SID] = true
		}
	}
	if asked {
		receipt.Requests = s.attempts() - passageOf(r).attempts
	}
	return receipt
}
