package sdk_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk"
)

// names are the members of an object of the JSON of Stats, by the path to it.
func names(t *testing.T, s sdk.Stats, path ...string) []string {
	t.Helper()
	body, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range path {
		var members map[string]json.RawMessage
		if err := json.Unmarshal(body, &members); err != nil {
			t.Fatal(err)
		}
		body = []byte(strings.TrimSuffix(strings.TrimPrefix(string(members[name]), "["), "]"))
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil {
		t.Fatalf("%v: %v in %s", path, err, body)
	}
	return slices.Sorted(maps.Keys(members))
}

func TestStatsHaveTheNamesOfTheContract(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		c := f.client()
		expect(t, c, "x", true, sdk.Fresh)
		for path, want := range map[string]string{
			"":          "service ready checks batches attempts retries budget unasked cache discovery replicas",
			"checks":    "fresh cached stale attested failed coalesced",
			"line":      "waiting in_flight sizes requests_per_check splits apart",
			"cache":     "entries hits misses refreshes evictions",
			"discovery": "source age_seconds instances changes error stale dropped",
			"replicas":  "id addr zone weight state why since last_error in_flight latency_ms picks successes failures refused shed ignored breaker",
		} {
			got := names(t, c.Stats(), strings.Fields(path)...)
			for _, name := range strings.Fields(want) {
				if !slices.Contains(got, name) {
					t.Errorf("%s: no %q in %v", path, name, got)
				}
			}
		}
	}, "a")
}

func TestWhatHasNoDataIsNull(t *testing.T) {
	told(t, func(t *testing.T, f *fleet, source *teller, c *sdk.Client) {
		body, _ := json.Marshal(c.Stats())
		if !strings.Contains(string(body), `"age_seconds":null`) || !strings.Contains(string(body), `"error":null`) || !strings.Contains(string(body), `"replicas":[]`) || !strings.Contains(string(body), `"dropped":[]`) {
			t.Errorf("got %s", body)
		}
		source.tell(discovery.Snapshot{Instances: instances("a")})
		body, _ = json.Marshal(c.Stats())
		if !strings.Contains(string(body), `"latency_ms":null`) || !strings.Contains(string(body), `"since":null`) {
			t.Errorf("got %s", body)
		}
		off := f.client(func(cfg *sdk.Config) { cfg.CacheEntries = sdk.Off })
		if body, _ = json.Marshal(off.Stats()); !strings.Contains(string(body), `"cache":null`) {
			t.Errorf("got %s", body)
		}
	}, "a")
}

func TestStatsHoldNoSecret(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(status(401))
		c := f.clientWith(sdk.Config{Endpoints: []string{"a:80"}, Token: "hush-hush"})
		err := refuses(t, c, "x", nil)
		if got := f.replicas["a"].requests()[0].header.Get("Authorization"); got != "Bearer hush-hush" {
			t.Errorf("sent %q", got)
		}
		if body, _ := json.Marshal(c.Stats()); strings.Contains(string(body)+err.Error(), "hush") {
			t.Errorf("%s, %v", body, err)
		}
	}, "a")
}

func TestEachCheckIsCountedOnceByItsOrigin(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(results("valid", 1, 0, 60))
		c := f.client()
		expect(t, c, "x", true, sdk.Fresh)
		expect(t, c, "x", true, sdk.Cached)
		<-time.After(time.Second)
		f.all(status(500))
		expect(t, c, "x", true, sdk.Stale) // at the first failure
		expect(t, c, "x", true, sdk.Stale) // at once
		refuses(t, c, "y", nil)
		refuses(t, c, "", nil)
		c.ValidateAll(t.Context(), sdk.SIDs("x", "y", "z", "a b")) //nolint:errcheck // the counts tell
		got := c.Stats().Checks
		if want := (sdk.CheckStats{Fresh: 1, Cached: 1, Stale: 3, Failed: 3, Malformed: 2, Coalesced: got.Coalesced, FailedBy: sdk.FailedStats{CircuitOpen: 2, Deadline: 1}}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		sum := int64(0)
		for _, s := range c.Stats().Replicas {
			sum += s.Picks
		}
		if s := c.Stats(); sum != s.Attempts || s.Attempts != int64(f.requests()) || s.Retries >= s.Attempts {
			t.Errorf("%d picks, %d requests, %+v", sum, f.requests(), s)
		}
	}, "a")
}

func TestStatsSayHowChecksBecameRequests(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(100*time.Millisecond, results("valid", 1, 60, 0)))
		c := f.client(narrow)
		first, rest := begin(t, c, 1, "first"), begin(t, c, 40, "then")
		if s := c.Stats().Line; s.Waiting != 40 || s.InFlight != 1 || s.RequestsPerCheck != nil {
			t.Errorf("got %+v", s)
		}
		first()
		rest()
		<-time.After(time.Second)
		expect(t, c, "first:0", true, sdk.Stale)
		<-time.After(time.Second)
		s := c.Stats()
		if want := []sdk.BatchSizes{{UpTo: 1, Batches: 2}, {UpTo: 64, Batches: 1}}; !slices.Equal(s.Line.Sizes, want) {
			t.Errorf("sizes %v, want %v", s.Line.Sizes, want)
		}
		if got := *s.Line.RequestsPerCheck; got != 3.0/42 || s.Cache.Refreshes != 1 || s.Line.InFlight != 0 {
			t.Errorf("%v requests a check, %+v, %+v", got, s.Cache, s.Line)
		}
	}, "a")
}
