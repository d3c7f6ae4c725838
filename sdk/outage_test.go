package sdk_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

func TestAnOutageIsNeverAVerdict(t *testing.T) {
	outages := map[string]func(*fleet, *sdk.Client){
		"503":     func(f *fleet, c *sdk.Client) { f.all(status(503)) },
		"timeout": func(f *fleet, c *sdk.Client) { f.all(hang) },
		"refused": func(f *fleet, c *sdk.Client) { f.replicas["a"].listener.SetDown(true) },
		"garbage": func(f *fleet, c *sdk.Client) { f.all(raw(`{"results":[{"sid":"x","status":"gone"}]}`)) },
		"401":     func(f *fleet, c *sdk.Client) { f.all(status(401)) },
	}
	for name, begin := range outages {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, f *fleet) {
				c := f.client(func(cfg *sdk.Config) { cfg.BreakerFailures = sdk.Off })
				begin(f, c)
				refuses(t, c, "x", nil)
				ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
				defer cancel()
				c.Validate(ctx, "x") //nolint:errcheck // it leaves
				f.replicas["a"].listener.SetDown(false)
				f.all(results("valid", 60, 0, 0))
				expect(t, c, "x", true, sdk.Fresh)
			}, "a")
		})
	}
}

// Not in a bubble, which makes so many goroutines slow: nothing here depends on time.
func TestAFloodOfUnknownSIDsStaysWithinTheCacheAndLeavesTheHotOnes(t *testing.T) {
	const entries, hot = 2000, 100
	f := newFleet(t, "a")
	f.all(results("invalid", 3600, 0, 0))
	c := f.client(narrow, func(cfg *sdk.Config) {
		cfg.CacheEntries, cfg.BatchMax = entries, 1000
		cfg.Timeout, cfg.AttemptTimeout = time.Minute, 30*time.Second
	})
	flood, survived := played(200_000, 20_000), 0
	const settling = 5 // rounds until the cache is full and knows the hot ones
	for round := range flood / 1000 {
		if n := askMany(t, c, "hot:", 0, hot); round >= settling {
			survived += n
		}
		askMany(t, c, "random:", round*1000, (round+1)*1000)
	}
	if rounds := flood/1000 - settling; survived < rounds*hot*95/100 {
		t.Errorf("%d of %d times a hot one had survived", survived, rounds*hot)
	}
	guard := time.After(10 * time.Second)
	for c.Stats().Cache.Entries > entries { // it drives out behind
		select {
		case <-guard:
			t.Fatalf("%d entries, want at most %d", c.Stats().Cache.Entries, entries)
		default:
			askMany(t, c, "random:", 0, 100)
		}
	}
}

// askMany makes one call for the SIDs of a name from one number to before another, and returns how many were cached.
func askMany(t *testing.T, c *sdk.Client, name string, from, to int) (cached int) {
	checks := make([]sdk.Check, 0, to-from)
	for i := from; i < to; i++ {
		checks = append(checks, sdk.Check{SID: name + strconv.Itoa(i)})
	}
	verdicts, err := c.ValidateAll(t.Context(), checks)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range verdicts {
		if v.Origin == sdk.Cached {
			cached++
		}
	}
	return cached
}
