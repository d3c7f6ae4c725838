package demo

import (
	"errors"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/examples/quickstart/browsers"
	"ms2.internal/lb/sdk"
)

func newReport() report {
	return report{
		took: 10 * time.Second, browsers: 16, killed: 4 * time.Second, returned: 6500 * time.Millisecond,
		orders: browsers.Tally{
			Posted: 4000, Kept: 1000, Attested: 2000, Accepted: 3600, Refused: 400,
			Bad:   map[string]int{"forged": 100, "malformed": 100, "retired": 90, "swapped": 60, "counterfeit": 50},
			Times: []time.Duration{time.Millisecond, 2 * time.Millisecond, 9 * time.Millisecond},
		},
		stats: sdk.Stats{Attempts: 2000, Retries: 6, Forwarded: sdk.ForwardedStats{Requests: 1, Attempts: 1}, Checks: sdk.CheckStats{Fresh: 3000, Cached: 3500, Stale: 500, Attested: 3000, Failed: 200}},
		replicas: []replicaReport{
			{name: "replica 1", addr: "127.0.0.1:20001", sightings: sightings{picks: 900}},
			{name: "replica 2", addr: "127.0.0.1:20002", victim: true, sightings: sightings{picks: 500, before: 200, failures: 5, broken: true}},
			{name: "replica 3", addr: "127.0.0.1:20003", sightings: sightings{picks: 600}},
		},
	}
}

const wantTable = `
orders posted                             4,000  400 a second, from 16 browsers
  with data just fetched                  3,000  flow 1
  with data kept by the browser           1,000  flow 2
  with MS2's attestations                 2,000  signed once, verified by MS1 on its own
orders accepted and stored                3,600  every SID genuine
orders refused                              400  nothing of them stored
  for a SID                                 350  made up (100), malformed (100), retired (90) or of another kind (60)
  for an attestation                         50  not signed by MS2
checks of SIDs                           10,000
  answered by MS2 (fresh)                 3,000  30 %
  by MS2's signature (attested)           3,000  30 %, without a request
  answered from memory (cached)           3,500  35 %
  from memory, renewed behind (stale)       500  5 %, as MS2 allows
wrong verdicts                                0
failed checks                                 0
HTTP requests to MS2                      2,001  200 for 1,000 checks; 1 for MS2's public keys
time of an order                         2.0 ms  p50; p99 9.0 ms
requests that each replica was picked for
  replica 1, 127.0.0.1:20001                900  alive all the time
  replica 2, 127.0.0.1:20002                500  killed after 4.0 s, back after 6.5 s
  replica 3, 127.0.0.1:20003                600  alive all the time
  those alive all the time differ by     20.0 %  from their mean: even, up to 20 % is

When replica 2 died, 5 requests to it failed, 6 requests went to another replica instead, its circuit breaker opened; no check failed; since it came back it was picked for 300 requests.
`

func TestTheTable(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	r := newReport()
	r.print(&out)
	if out.String() != wantTable {
		t.Errorf("got\n%s\nwant\n%s", out.String(), wantTable)
	}
	if !r.clean() {
		t.Error("not clean")
	}
}

func TestWhatIsWrongIsNotClean(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*report){
		"wrong verdict":  func(r *report) { r.orders.Wrong = 1 },
		"failed check":   func(r *report) { r.orders.Unchecked = 1 },
		"no answer":      func(r *report) { r.orders.Broken = 1 },
		"no statistics":  func(r *report) { r.err = errors.New("gone") },
		"no orders":      func(r *report) { r.orders = browsers.Tally{} },
		"signed in vain": func(r *report) { r.stats.Checks.Attested = 0 },
	} {
		r := newReport()
		spoil(&r)
		r.print(&strings.Builder{}) // works on nothing, too
		if r.clean() {
			t.Errorf("%s: clean", name)
		}
	}
}

func TestAReplicaThatLeavesAndReturnsIsCountedOn(t *testing.T) {
	t.Parallel()
	var s sightings
	for _, r := range []sdk.ReplicaStats{
		{Picks: 10, Breaker: "closed"}, {Picks: 25, Failures: 5, Breaker: "open"}, {Picks: 3, Breaker: "closed"}, {Picks: 7, Breaker: "closed"},
	} {
		s.add(r)
	}
	if s.picks != 32 || s.failures != 5 || !s.broken {
		t.Errorf("got %+v", s)
	}
}
