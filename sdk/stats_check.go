package sdk

// CheckStats counts checks: each under one of the origins, as failed, malformed or forged; the rest says more of some.
type CheckStats struct {
	Fresh     int64 `json:"fresh"`     // asked
	Cached    int64 `json:"cached"`    // answered from the cache
	Stale     int64 `json:"stale"`     // answered from the cache past its time, as MS2 allows
	Attested  int64 `json:"attested"`  // answered from a signature
	Failed    int64 `json:"failed"`    // could not be answered: see FailedBy
	Malformed int64 `json:"malformed"` // were no SIDs: no alarm, since any browser can send such
	Forged    int64 `json:"forged"`    // came with a forged attestation, and were not asked about
	Kindless  int64 `json:"kindless"`  // got a verdict that did not say the kind that was required
	Coalesced int64 `json:"coalesced"` // shared the request of an earlier check

	FailedBy FailedStats `json:"failed_by"` // which add up to failed
}

// FailedStats counts checks that could not be answered by why.
type FailedStats struct {
	NoReplicas  int64 `json:"no_replicas"`  // [ErrNoReplicas]
	CircuitOpen int64 `json:"circuit_open"` // [ErrCircuitOpen]
	Overloaded  int64 `json:"overloaded"`   // [ErrOverloaded]
	Deadline    int64 `json:"deadline"`     // the caller's time, or MS2_TIMEOUT, was over
	Canceled    int64 `json:"canceled"`     // the caller left
	Refused     int64 `json:"refused"`      // MS2 answered, and gave no verdict
	Upstream    int64 `json:"upstream"`     // the replicas that were asked failed
	Hook        int64 `json:"hook"`         // code of the adopter's failed, such as a transport's
	Closed      int64 `json:"closed"`       // [ErrClosed]
}

func (f *FailedStats) sum() int64 {
	return f.NoReplicas + f.CircuitOpen + f.Overloaded + f.Deadline + f.Canceled + f.Refused + f.Upstream + f.Hook + f.Closed
}

func (c *Client) checkStats(coalesced int64) CheckStats {
	n := &c.counters
	s := CheckStats{
		Fresh: n.fresh.Load(), Cached: n.cached.Load(), Stale: n.stale.Load(), Attested: n.attested.Load(),
		Malformed: n.malformed.Load(), Forged: n.forged.Load(), Kindless: n.kindless.Load(), Coalesced: coalesced,
		FailedBy: c.failedStats(),
	}
	s.Failed = s.FailedBy.sum()
	return s
}

func (c *Client) failedStats() FailedStats {
	by := func(r Reason) int64 { return c.signs.of[r].count.Load() }
	return FailedStats{
		NoReplicas: by(ReasonNoReplicas), CircuitOpen: by(ReasonCircuitOpen), Overloaded: by(ReasonOverloaded), Deadline: by(ReasonDeadline),
		Refused: by(ReasonRefused), Upstream: by(ReasonUpstream), Hook: c.counters.hook.Load(),
		Canceled: c.counters.canceled.Load(), Closed: c.counters.closed.Load(),
	}
}
