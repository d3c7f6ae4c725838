package sdk_test

import (
	"net/http"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// counting calls every SID valid, each time in another version: 1, 2, …
func counting() http.HandlerFunc {
	var n atomic.Int64
	return answering(func(protocol.Item) protocol.Result {
		return protocol.Result{Status: "valid", Version: strconv.FormatInt(n.Add(1), 10), MaxAge: 60, StaleIfError: 600}
	})
}

func TestNoCacheAsksAnew(t *testing.T) {
	for name, option := range map[string]sdk.CheckOption{"NoCache": sdk.NoCache(), "MaxAge(0)": sdk.MaxAge(0), "MaxAge(-1)": sdk.MaxAge(-1)} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, f *fleet) {
				f.all(counting())
				c := f.client()
				expect(t, c, "a", true, sdk.Fresh)
				if v := expect(t, c, "a", true, sdk.Fresh, option); v.Version != "2" {
					t.Errorf("got %+v", v)
				}
				expect(t, c, "a", true, sdk.Cached)
				f.all(status(500))
				refuses(t, c, "a", nil, option)
			}, "a")
		})
	}
}

func TestNoCacheJoinsABatchThatGathersButNoneThatWasSent(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		count := counting()
		f.all(after(100*time.Millisecond, count))
		c := f.client(func(cfg *sdk.Config) { cfg.BatchInflight = 1 })
		versions := make(chan string, 3)
		ask := func(opts ...sdk.CheckOption) {
			go func() { versions <- expect(t, c, "a", true, sdk.Fresh, opts...).Version }()
			synctest.Wait()
		}
		ask()              // sent at once
		ask(sdk.NoCache()) // begins another, which gathers
		ask(sdk.NoCache()) // joins it
		if a, b, c := <-versions, <-versions, <-versions; a != "1" || b != "2" || c != "2" {
			t.Errorf("got versions %s, %s, %s", a, b, c)
		}
		if v := expect(t, c, "a", true, sdk.Cached); v.Version != "2" {
			t.Errorf("kept %+v", v)
		}
	}, "a")
}

func TestMaxAgeNarrowsWhatIsBelieved(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(counting())
		c := f.client()
		expect(t, c, "a", true, sdk.Fresh)
		<-time.After(10 * time.Second)
		expect(t, c, "a", true, sdk.Cached, sdk.MaxAge(10*time.Second))
		expect(t, c, "a", true, sdk.Fresh, sdk.MaxAge(10*time.Second-1))
		<-time.After(time.Minute)
		expect(t, c, "a", true, sdk.Fresh, sdk.MaxAge(time.Hour)) // never widens
	}, "a")
}

func TestMaxAgeHoldsForStaleAnswers(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(results("valid", 1, 600, 600))
		c := f.client()
		expect(t, c, "a", true, sdk.Fresh)
		f.all(status(500))
		<-time.After(20 * time.Second)
		expect(t, c, "a", true, sdk.Stale, sdk.MaxAge(20*time.Second))
		refuses(t, c, "a", nil, sdk.MaxAge(19*time.Second))
		refuses(t, c, "a", nil, sdk.MaxAge(time.Hour), sdk.MaxAge(19*time.Second))
	}, "a")
}

func TestAVersionThatIsHeldIsEnough(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(versioned("valid", "7", 60, 0, 0))
		c := f.client()
		expect(t, c, "a", true, sdk.Fresh)
		expect(t, c, "a", true, sdk.Cached, sdk.HasVersion("7"))
		expect(t, c, "a", true, sdk.Cached, sdk.HasVersion(""))
	}, "a")
}

func TestForgedVersionsAreNoWayAroundTheCache(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(versioned("valid", "7", 60, 0, 0))
		c := f.client()
		expect(t, c, "a", true, sdk.Fresh)
		for i := range 100 {
			v, err := c.Validate(t.Context(), "a", sdk.HasVersion("forged "+strconv.Itoa(i)))
			if err != nil || v.Version != "7" {
				t.Fatalf("got %+v, %v", v, err)
			}
			<-time.After(100 * time.Millisecond)
		}
		if n := f.requests(); n != 1+10 {
			t.Errorf("%d requests in 10 s", n)
		}
		for _, r := range f.replicas["a"].requests()[1:] {
			if r.items[0].Version != "7" {
				t.Errorf("sent the version %q, which is not our own", r.items[0].Version)
			}
		}
	}, "a")
}

func TestANewerVersionIsNotRefusedByAnOldNegative(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(results("invalid", 60, 0, 0))
		c := f.client()
		expect(t, c, "a", false, sdk.Fresh)
		f.all(versioned("valid", "1", 60, 0, 0))
		expect(t, c, "a", false, sdk.Cached)
		vs, err := c.ValidateAll(t.Context(), []sdk.Check{{SID: "a", Version: "1"}})
		if err != nil || !vs[0].Valid || vs[0].Origin != sdk.Fresh {
			t.Errorf("got %+v, %v", vs, err)
		}
	}, "a")
}

// The flight had left before the caller came, and brings another version than the caller holds.
func TestAVersionIsAskedForOnceMoreWhenASharedAnswerIsOlder(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(100*time.Millisecond, counting()))
		c := f.client()
		go c.Validate(t.Context(), "a") //nolint:errcheck // what it brings is not the matter
		<-time.After(time.Millisecond)
		start := time.Now()
		if v := expect(t, c, "a", true, sdk.Fresh, sdk.HasVersion("2")); v.Version != "2" {
			t.Errorf("got %+v", v)
		}
		took(t, start, 199*time.Millisecond)
	}, "a")
}

// In an outage another version is not enough, once a second; in between the cache answers as for everybody.
func TestAnotherVersionIsNotEnoughInAnOutage(t *testing.T) {
	for _, passed := range []time.Duration{0, time.Minute} {
		inBubble(t, func(t *testing.T, f *fleet) {
			f.all(versioned("invalid", "", 60, 0, 600))
			c := f.client(func(cfg *sdk.Config) { cfg.Attempts = 1 })
			expect(t, c, "a", false, sdk.Fresh)
			f.all(status(500))
			<-time.After(passed)
			refuses(t, c, "a", nil, sdk.HasVersion("1"))
			v, err := c.Validate(t.Context(), "a", sdk.HasVersion("1"))
			if err != nil || v.Valid {
				t.Errorf("got %+v, %v", v, err)
			}
		}, "a")
	}
}
