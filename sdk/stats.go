package sdk

import (
	"errors"
	"sync/atomic"

	"ms2.internal/lb/discovery"
)

// Stats is what the client knows of itself at one moment. Counts are since [New]. It marshals to JSON, holds no secret,
// and shares nothing with the client. What has no data yet is null.
type Stats struct {
	// Service is the name of MS2.
	Service string `json:"service"`

	// Ready says that a check could be answered, since the first time it could and until Close.
	Ready bool `json:"ready"`

	// Checks counts checks by where their verdict came from.
	Checks CheckStats `json:"checks"`

	// Batches counts the requests that checks were gathered into, however often each was attempted.
	Batches int64 `json:"batches"`

	// Attempts counts HTTP requests for checks.
	Attempts int64 `json:"attempts"`

	// Retries counts the attempts that were not the first of their batch.
	Retries int64 `json:"retries"`

	// Budget is how many extra attempts may be made now.
	Budget float64 `json:"budget"`

	// Controls counts the requests, not among Attempts, that ask again for a SID which was valid: see MS2_NOT_FOUND.
	Controls int64 `json:"controls"`

	// Unasked counts results for SIDs that nobody asked: a replica that does this is at fault.
	Unasked int64 `json:"unasked"`

	// Attestations says what became of tokens that came with data; null without [WithAttestations].
	Attestations *AttestationStats `json:"attestations"`

	// Forwarded counts requests that are no checks, see [Client.RoundTripper].
	Forwarded ForwardedStats `json:"forwarded"`

	// Line says how checks become requests.
	Line LineStats `json:"line"`

	// Cache describes the cache; null when it is off.
	Cache *CacheStats `json:"cache"`

	// Discovery says which replicas are known and how.
	Discovery DiscoveryStats `json:"discovery"`

	// Panic says that less than half of the fleet is healthy, by weight, so that every other replica gets traffic, but for those
	// whose breaker is not closed, that rest, that have weight 0, or that answer nothing, which are no part of the fleet.
	Panic bool `json:"panic"`

	// Replicas describes each replica that may be picked.
	Replicas []ReplicaStats `json:"replicas"`
}

// CheckStats counts checks: each under one of the origins or as failed; the rest says more of some.
type CheckStats struct {
	Fresh     int64 `json:"fresh"`     // asked
	Cached    int64 `json:"cached"`    // answered from the cache
	Stale     int64 `json:"stale"`     // answered from the cache past its time, as MS2 allows
	Attested  int64 `json:"attested"`  // answered from a signature
	Failed    int64 `json:"failed"`    // got no verdict, the malformed and the forged among them
	Malformed int64 `json:"malformed"` // were no SIDs: no alarm, since any browser can send such
	Forged    int64 `json:"forged"`    // came with a forged attestation, and were not asked about
	Kindless  int64 `json:"kindless"`  // got a verdict that did not say the kind that was required
	Coalesced int64 `json:"coalesced"` // shared the request of an earlier check
}

// CacheStats describes the cache.
type CacheStats struct {
	Entries   int   `json:"entries"`   // kept now
	Hits      int64 `json:"hits"`      // checks answered from it, stale ones included
	Misses    int64 `json:"misses"`    // checks that had to be asked
	Refreshes int64 `json:"refreshes"` // SIDs asked again behind an answer
	Evictions int64 `json:"evictions"` // entries driven out for want of room
}

// DiscoveryStats says which replicas are known and how.
type DiscoveryStats struct {
	Source     string              `json:"source"`      // who told; "" before the first snapshot
	AgeSeconds *float64            `json:"age_seconds"` // since the set was last confirmed; null: never
	Instances  int                 `json:"instances"`   // in use
	Changes    int64               `json:"changes"`     // of the set
	Error      *string             `json:"error"`       // why the set can't be confirmed; null when it can
	Stale      bool                `json:"stale"`       // the set could not be confirmed when last tried
	Dropped    []discovery.Dropped `json:"dropped"`     // what was left out, and why
	Detail     map[string]string   `json:"detail"`      // the source's own facts
}

// counters are what the client counts beside its batcher and its carrier.
type counters struct {
	cached, fresh, misses, attested            tally
	stale, failed, malformed, forged, kindless atomic.Int64
}

// fail counts a check that got no verdict.
func (c *counters) fail(err error) {
	switch {
	case errors.Is(err, ErrNoKind): // it was counted by where its verdict came from
		c.kindless.Add(1)
		return
	case errors.Is(err, ErrMalformedSID):
		c.malformed.Add(1)
	case errors.Is(err, ErrForged):
		c.forged.Add(1)
	}
	c.failed.Add(1)
}

// Stats describes the client. It still answers after Close.
func (c *Client) Stats() Stats {
	flights, sent := c.batcher.Counters(), c.carrier.Counters()
	s := Stats{
		Service: c.config.Service,
		Ready:   isClosed(c.discovery.ready) && !c.closed.Load(),
		Checks:  c.counters.stats(flights.Coalesced),
		Batches: sent.Batches.Load(), Attempts: sent.Attempts.Load(), Retries: sent.Retries.Load(),
		Budget: c.carrier.Budget(), Unasked: sent.Unasked.Load(), Controls: c.sender.Controls(),
		Forwarded: forwardedStats(sent),
		Discovery: c.discovery.stats(), Panic: c.balancer.Panic(),
	}
	s.Cache = c.cacheStats(s.Checks, flights.Refreshes)
	s.Line = c.lineStats(s.Checks)
	s.Attestations = c.attestationStats()
	s.Replicas = c.replicaStats()
	return s
}

func (c *counters) stats(coalesced int64) CheckStats {
	return CheckStats{
		Fresh: c.fresh.Load(), Cached: c.cached.Load(), Stale: c.stale.Load(),
		Attested: c.attested.Load(), Failed: c.failed.Load(), Malformed: c.malformed.Load(),
		Forged: c.forged.Load(), Kindless: c.kindless.Load(), Coalesced: coalesced,
	}
}

func (c *Client) cacheStats(checks CheckStats, refreshes int64) *CacheStats {
	if c.cache == nil {
		return nil
	}
	entries, evictions := c.cache.Stats()
	return &CacheStats{
		Entries: entries, Evictions: evictions, Hits: checks.Cached + checks.Stale,
		Misses: c.counters.misses.Load(), Refreshes: refreshes,
	}
}

// unless returns a pointer to v, or nil for what has no data.
func unless[T any](none bool, v T) *T {
	if none {
		return nil
	}
	return &v
}
