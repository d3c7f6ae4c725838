package sdk_test

import (
	"context"
	"strconv"
	"testing"
	"testing/synctest"
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

func TestAFloodOfUnknownSIDsStaysWithinTheCacheAndLeavesTheHotOnes(t *testing.T) {
	const entries, hot, flood = 2000, 100, 200_000
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(results("invalid", 3600, 0, 0))
		c := f.client(narrow, func(cfg *sdk.Config) { cfg.CacheEntries = entries; cfg.BatchMax = 1000 })
		warm := make([]sdk.Check, hot)
		for i := range warm {
			warm[i].SID = "hot:" + strconv.Itoa(i)
		}
		checks := make([]sdk.Check, 0, 1000)
		for i := range flood {
			if checks = append(checks, sdk.Check{SID: "random:" + strconv.Itoa(i)}); len(checks) < cap(checks) {
				continue
			}
			for _, some := range [][]sdk.Check{warm, checks} {
				if _, err := c.ValidateAll(t.Context(), some); err != nil {
					t.Fatal(err)
				}
			}
			checks = checks[:0]
		}
		synctest.Wait() // the cache drives out behind
		if n := c.Stats().Cache.Entries; n > entries {
			t.Errorf("%d entries, want at most %d", n, entries)
		}
		before := c.Stats().Checks.Cached
		c.ValidateAll(t.Context(), warm) //nolint:errcheck // the count tells
		if hits := c.Stats().Checks.Cached - before; hits < hot*95/100 {
			t.Errorf("%d of %d hot ones survived", hits, hot)
		}
	}, "a")
}
