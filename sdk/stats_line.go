package sdk

// LineStats says how checks become requests.
type LineStats struct {
	Waiting          int          `json:"waiting"`            // SIDs that gather for the next batch
	WaitingMax       int          `json:"waiting_max"`        // SIDs that may (MS2_QUEUE_MAX)
	InFlight         int          `json:"in_flight"`          // batches under way
	Limit            int          `json:"limit"`              // batches that may be under way, as found best
	LimitMax         int          `json:"limit_max"`          // which it may grow to (MS2_BATCH_INFLIGHT)
	Sizes            []BatchSizes `json:"sizes"`              // batches by how many SIDs they began with
	RequestsPerCheck *float64     `json:"requests_per_check"` // attempts by all checks; null before the first check
	Splits           int64        `json:"splits"`             // batches that went on in parts
	Apart            int          `json:"apart"`              // SIDs that make MS2 fall over, sent alone for a time
}

// BatchSizes counts the batches of about a size: of at most UpTo SIDs, and more than half as many.
type BatchSizes struct {
	UpTo    int   `json:"up_to"`
	Batches int64 `json:"batches"`
}

func (c *Client) lineStats(checks CheckStats) LineStats {
	now, sent := c.batcher.Stats(), c.carrier.Counters()
	s := LineStats{
		Waiting: now.Waiting, InFlight: now.InFlight, Limit: now.Limit, Apart: now.Quarantined,
		WaitingMax: c.config.QueueMax, LimitMax: c.config.BatchInflight,
		Sizes: []BatchSizes{}, Splits: sent.Splits.Load(),
	}
	for i := range sent.Sizes {
		if n := sent.Sizes[i].Load(); n > 0 {
			s.Sizes = append(s.Sizes, BatchSizes{UpTo: 1 << i, Batches: n})
		}
	}
	all := checks.Fresh + checks.Cached + checks.Stale + checks.Attested + checks.Failed
	s.RequestsPerCheck = unless(all == 0, float64(sent.Attempts.Load())/float64(all))
	return s
}
