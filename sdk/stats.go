package sdk

import (
	"maps"
	"sync/atomic"
	"time"

	"ms2.internal/lb/discovery"
)

// Stats is what the client knows of itself at one moment. Counts are since [New], and those that are not a replica's own outlive the
// replicas. It marshals to JSON, holds neither SIDs nor secrets, and shares nothing with the client. What has no data yet is null.
type Stats struct {
	// Service is the name of MS2.
	Service string `json:"service"`

	// Client tells this client apart from others.
	Client ClientStats `json:"client"`

	// At is the moment that is described.
	At time.Time `json:"at"`

	// Ready says that a replica is known, from the first time that one was until Close; it need not have answered.
	Ready bool `json:"ready"`

	// Closed says that the client was closed: what follows changes no more.
	Closed bool `json:"closed"`

	// Summary is one sentence on the worst of Problems, or says that all is well.
	Summary string `json:"summary"`

	// Problems is what is wrong now, the worst first.
	Problems []Problem `json:"problems"`

	// Checks counts checks by where their verdict came from.
	Checks CheckStats `json:"checks"`

	// Batches counts the requests that checks were gathered into, however often each was attempted.
	Batches int64 `json:"batches"`

	// Attempts counts HTTP requests for checks.
	Attempts int64 `json:"attempts"`

	// Retries counts the attempts that were not the first of their batch.
	Retries int64 `json:"retries"`

	// Extra counts the attempts beyond the first of each batch by what they were for.
	Extra ExtraStats `json:"extra"`

	// Outcomes counts the attempts that ended by what they meant for their replica, those that probe one included.
	Outcomes OutcomeStats `json:"outcomes"`

	// Failures counts those of them that were the replica's fault by kind.
	Failures FailureStats `json:"failures"`

	// Latency is how long it took until MS2 had answered what it was asked, from the first call that needed it on: hits and checks
	// that joined later are not timed. Null without one in the last half minute.
	Latency *LatencyStats `json:"latency"`

	// Budget is how many extra attempts may be made now.
	Budget float64 `json:"budget"`

	// BudgetMax is the most that Budget grows to.
	BudgetMax float64 `json:"budget_max"`

	// BudgetRefusals counts the extra attempts that were not made since the budget was used up.
	BudgetRefusals int64 `json:"budget_refusals"`

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

	// Ejections counts the replicas that were left out for doing worse than the others.
	Ejections EjectionStats `json:"ejections"`

	// Breakers counts the changes of circuit breakers.
	Breakers BreakerStats `json:"breakers"`

	// Replicas describes each replica that may be picked.
	Replicas []ReplicaStats `json:"replicas"`

	// Events are the last hundred, the oldest first.
	Events []Event `json:"events"`

	// Logs counts the lines for the adopter's log.
	Logs LogStats `json:"logs"`
}

// ClientStats says which client this is.
type ClientStats struct {
	Name    string            `json:"name"`    // see [WithName]
	Version string            `json:"version"` // of the SDK; "(devel)" for one that is not released
	Started time.Time         `json:"started"`
	Config  map[string]string `json:"config"` // as in effect, by the variable of the environment; what is set and secret is "redacted"
}

// CacheStats describes the cache.
type CacheStats struct {
	Entries   int   `json:"entries"`   // kept now
	Limit     int   `json:"limit"`     // of entries
	Hits      int64 `json:"hits"`      // checks answered from it, stale ones included
	Misses    int64 `json:"misses"`    // checks that had to be asked
	Refreshes int64 `json:"refreshes"` // SIDs asked again behind an answer
	Evictions int64 `json:"evictions"` // entries driven out for want of room
}

// DiscoveryStats says which replicas are known and how.
type DiscoveryStats struct {
	Source      string              `json:"source"`       // who told; "" before the first snapshot
	ConfirmedAt *time.Time          `json:"confirmed_at"` // when the set was last confirmed; null: never
	AgeSeconds  *float64            `json:"age_seconds"`  // since then; null: never
	Instances   int                 `json:"instances"`    // in use
	Changes     int64               `json:"changes"`      // of the set
	Error       *string             `json:"error"`        // why the set can't be confirmed; null when it can
	ErrorSince  *time.Time          `json:"error_since"`  // since when it can't; null when it can
	Failures    int64               `json:"failures"`     // how often it could not be confirmed any more
	Stale       bool                `json:"stale"`        // the set could not be confirmed when last tried
	Dropped     []discovery.Dropped `json:"dropped"`      // what was left out, and why
	Detail      map[string]string   `json:"detail"`       // the source's own facts, such as Consul's index
}

// counters are what the client counts beside its batcher, its carrier and its signs.
type counters struct {
	cached, fresh, misses, attested                            tally
	stale, malformed, forged, kindless, canceled, closed, hook atomic.Int64
}

// Stats describes the client. It waits for nothing, costs well below a millisecond, and still answers after Close.
func (c *Client) Stats() Stats {
	flights, sent := c.batcher.Counters(), c.carrier.Counters()
	s := Stats{
		Service: c.config.Service, Client: c.clientStats(), At: time.Now(), Closed: c.closed.Load(),
		Checks:  c.checkStats(flights.Coalesced),
		Batches: sent.Batches.Load(), Attempts: sent.Attempts.Load(), Retries: sent.Retries.Load(),
		Extra: extraStats(sent), Outcomes: outcomeStats(sent), Failures: failureTotals(sent),
		Latency: latencyStats(c.batcher.Latency()),
		Budget:  c.carrier.Budget(), BudgetMax: c.carrier.BudgetMax(), BudgetRefusals: c.carrier.BudgetRefusals(),
		Unasked: sent.Unasked.Load(), Controls: c.sender.Controls(), Forwarded: forwardedStats(sent),
		Discovery: c.discovery.stats(), Panic: c.balancer.Panic(),
		Events: c.journal.events(), Logs: c.journal.log.counted(),
	}
	judged := c.balancer.Totals()
	s.Ejections = ejectionStats(judged)
	s.Breakers = BreakerStats{Opened: judged.Opened, HalfOpened: judged.HalfOpened, Closed: judged.Closed}
	s.Ready = isClosed(c.discovery.ready) && !s.Closed
	s.Cache = c.cacheStats(s.Checks, flights.Refreshes)
	s.Line = c.lineStats(s.Checks)
	s.Attestations = c.attestationStats()
	s.Replicas = c.replicaStats()
	s.diagnose(c.signs.weigh(c.journal.wrong()))
	return s
}

// clientStats says which client this is.
func (c *Client) clientStats() ClientStats {
	return ClientStats{Name: c.name, Version: version(), Started: c.started, Config: maps.Clone(c.shown)}
}

func (c *Client) cacheStats(checks CheckStats, refreshes int64) *CacheStats {
	if c.cache == nil {
		return nil
	}
	entries, evictions := c.cache.Stats()
	return &CacheStats{
		Entries: entries, Limit: c.config.CacheEntries, Evictions: evictions, Hits: checks.Cached + checks.Stale,
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
