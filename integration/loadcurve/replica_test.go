package main

import (
	"context"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk/protocol"
)

func TestAReplicaTellsItsAddressAndThenItsCPUTimeWhenAsked(t *testing.T) {
	var out strings.Builder
	if err := answer(strings.NewReader("\n\n"), &out, "127.0.0.1:1"); err != nil {
		t.Fatal(err)
	}
	lines := strings.Fields(out.String())
	if len(lines) != 3 || lines[0] != "127.0.0.1:1" {
		t.Fatalf("it said %q", lines)
	}
	first, err1 := strconv.ParseInt(lines[1], 10, 64)
	second, err2 := strconv.ParseInt(lines[2], 10, 64)
	if err := firstOf(err1, err2); err != nil || first <= 0 || second < first {
		t.Errorf("CPU times %d and %d (%v)", first, second, err)
	}
}

func TestAStoreTakesItsTimeOnceForARequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := slow{catalogue{"a": {Kind: "vendor"}, "b": {}}, 3 * time.Millisecond}
		began := time.Now()
		found, err := store.Lookup(t.Context(), []string{"a", "b", "unknown"})
		if took := time.Since(began); err != nil || took != 3*time.Millisecond {
			t.Errorf("it took %v (%v)", took, err)
		}
		if len(found) != 2 || found["a"] != (protocol.Entity{Kind: "vendor"}) {
			t.Errorf("found %v", found)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := store.Lookup(ctx, []string{"a"}); err == nil {
			t.Error("it answers those who left")
		}
	})
}

func TestModesDifferInWhatTheyAreAbout(t *testing.T) {
	on, off, cached := batchingOn.config(nil), batchingOff.config(nil), cacheOn.config(nil)
	if on.CacheEntries >= 0 || off.CacheEntries >= 0 || cached.CacheEntries != 0 {
		t.Error("the cache is on or off in the wrong modes")
	}
	if off.BatchMax != 1 || off.BatchInflight != 1000 {
		t.Errorf("without batching a request has up to %d SIDs, and up to %d are under way", off.BatchMax, off.BatchInflight)
	}
	off.BatchMax, off.BatchInflight = on.BatchMax, on.BatchInflight
	on.CacheEntries, off.CacheEntries = 0, 0
	if !reflect.DeepEqual(on, off) || !reflect.DeepEqual(on, cached) {
		t.Error("the modes differ in more")
	}
}
