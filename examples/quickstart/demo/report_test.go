package demo

import (
	"errors"
	"strconv"
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
			Bad:   map[string]int{"forged": 100, "malformed": 100, "retired": 70, "swapped": 60, "foreign": 20, "counterfeit": 50},
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
  for a SID                                 350  made up (100), malformed (100), retired (70), of another kind (60) or of another vendor (20)
  for an attestation                         50  not signed by MS2
checks of SIDs answered                  10,000
  by MS2 (fresh)                          3,000  30 %
  by MS2's signature (attested)           3,000  30 %, without a request
  from memory (cached)                    3,500  35 %
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
	if got := r.complaints(); len(got) > 0 {
		t.Errorf("complaints %q", got)
	}
}

func TestWhatIsWrongOrMissingIsToldAndNotClean(t *testing.T) {
	t.Parallel()
	for want, spoil := range map[string]func(*report){
		"the SID was accepted":      func(r *report) { r.orders.Mishaps = []string{"the SID was accepted"} },
		"gone":                      func(r *report) { r.err = errors.New("gone") },
		"no order was posted":       func(r *report) { r.orders = browsers.Tally{} },
		"no attestation":            func(r *report) { r.stats.Checks.Attested = 0 },
		"was not picked any more":   func(r *report) { r.replicas[victim].before = 500 },
		"one was slower, or busier": func(r *report) { r.replicas[0].picks, r.err = 901, errors.New("") },
		"from their mean: too few":  func(r *report) { r.replicas[0].picks, r.replicas[2].picks, r.err = 400, 99, errors.New("") },
		"5 requests to it failed":   func(r *report) { r.err = errors.New("") },
		"2 checks FAILED":           func(r *report) { r.orders.Failed, r.err = 2, errors.New("") },
		"3 of them with a bad SID":  func(r *report) { r.orders.Slipped, r.err = 3, errors.New("") },
	} {
		r := newReport()
		spoil(&r)
		var out strings.Builder
		r.print(&out)
		if !strings.Contains(out.String(), want) || len(r.complaints()) == 0 {
			t.Errorf("lacks %q in\n%s", want, &out)
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

// value is the number in a row.
func value(t *testing.T, table, row string) int {
	t.Helper()
	_, rest, found := strings.Cut(table, "\n"+row+" ")
	fields := strings.Fields(rest)
	if !found || len(fields) == 0 {
		t.Fatalf("no row %q in\n%s", row, table)
	}
	n, err := strconv.Atoi(strings.ReplaceAll(fields[0], ",", ""))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTheTableAddsUpWhateverFails(t *testing.T) {
	t.Parallel()
	r := newReport()
	r.orders.Accepted, r.orders.Refused, r.orders.Unchecked, r.orders.Broken = 3500, 403, 85, 12
	var out strings.Builder
	r.print(&out)
	sum := func(rows ...string) (n int) {
		for _, row := range rows {
			n += value(t, out.String(), row)
		}
		return n
	}
	if got := sum("orders accepted and stored", "orders refused", "orders not checked", "orders without a proper answer"); got != 4000 {
		t.Errorf("%d of 4,000 orders in\n%s", got, &out)
	}
	if got := sum("  for a SID", "  for an attestation", "  although every SID is genuine"); got != 403 {
		t.Errorf("%d of 403 refused orders in\n%s", got, &out)
	}
	if got := sum("  by MS2 (fresh)", "  by MS2's signature (attested)", "  from memory (cached)", "  from memory, renewed behind (stale)"); got != value(t, out.String(), "checks of SIDs answered") {
		t.Errorf("%d checks in\n%s", got, &out)
	}
}

func TestTheStoryTellsWhatCameOfTheReturn(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*report){
		"since it came back it was picked for 300 requests.": func(*report) {},
		"it came back 0.4 s before the end and was not asked again by then.": func(r *report) {
			r.took, r.returned, r.replicas[victim].before = 2*time.Second, 1600*time.Millisecond, 500
		},
		"the show ended before it came back.":                func(r *report) { r.returned = 0 },
		"No replica was killed: the show ended before that.": func(r *report) { r.killed, r.returned, r.replicas[victim].picks = 0, 0, 750 },
	} {
		r := newReport()
		change(&r)
		if got := r.story(); !strings.HasSuffix(got, want) {
			t.Errorf("got %q, want %q at its end", got, want)
		}
		if got := r.complaints(); len(got) > 0 {
			t.Errorf("%s: complaints %q", want, got)
		}
	}
}
