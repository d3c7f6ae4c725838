package discovery_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/discovery"
)

func TestStaticTellsItsAddressesOnceAndWaitsForTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source, err := discovery.NewStatic("10.0.0.1:8080", "[::1]:8080", "ms2_a.local:80")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		var told []discovery.Snapshot
		start := time.Now()
		err = source.Watch(ctx, func(s discovery.Snapshot) { told = append(told, s) })
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Hour {
			t.Errorf("Watch returned %v after %v, want the context's error when it ended", err, time.Since(start))
		}
		if len(told) != 1 || told[0].Source != "static" || !told[0].At.Equal(start) || told[0].Err != nil {
			t.Fatalf("told %+v, want one confirmed snapshot", told)
		}
		for i, want := range []string{"10.0.0.1:8080", "[::1]:8080", "ms2_a.local:80"} {
			if got := told[0].Instances[i]; got.ID != want || got.Addr != want || got.Weight != 1 {
				t.Errorf("instance %d is %+v, want %s with weight 1", i, got, want)
			}
		}
	})
}

func TestStaticWatchersShareNoSlice(t *testing.T) {
	source, err := discovery.NewStatic("10.0.0.1:8080")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_ = source.Watch(ctx, func(s discovery.Snapshot) { s.Instances[0].Addr = "changed" })
	_ = source.Watch(ctx, func(s discovery.Snapshot) {
		if s.Instances[0].Addr != "10.0.0.1:8080" {
			t.Error("one watcher's change reached another")
		}
	})
}

func TestNewStaticNamesTheBadAddressAndTheRemedy(t *testing.T) {
	for addr, remedy := range map[string]string{
		"":                        "port is missing",
		"ms2":                     "port is missing",
		":8080":                   "host is empty",
		"ms2:":                    "1 to 65535",
		"ms2:0":                   "1 to 65535",
		"ms2:65536":               "1 to 65535",
		"ms2:+80":                 "1 to 65535",
		"ms2:080":                 "1 to 65535",
		"ms2:http":                "1 to 65535",
		"::1:8080":                "brackets",
		"[::1]":                   "brackets",
		"[ms2]:8080":              "only an IPv6 host",
		"http://ms2:8080":         "no scheme",
		"user@ms2:8080":           "DNS name",
		"ms2/x:8080":              "DNS name",
		"ms 2:8080":               "DNS name",
		strings.Repeat("a", 1025): "1025 bytes",
	} {
		_, err := discovery.NewStatic("good:80", addr)
		if err == nil || !strings.Contains(err.Error(), remedy) {
			t.Errorf("%q: error %v, want it to say %q", addr, err, remedy)
		}
		if len(addr) < 100 && err != nil && !strings.Contains(err.Error(), `"`+addr+`"`) {
			t.Errorf("%q: error %v does not name the address", addr, err)
		}
	}
}

func TestNewStaticNamesEveryBadAddressAtOnce(t *testing.T) {
	_, err := discovery.NewStatic("a", "b:80", "b:80", "c:0")
	for _, want := range []string{`"a"`, `"b:80": listed twice`, `"c:0"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want it to name %s", err, want)
		}
	}
}

func TestNewStaticWantsAnAddress(t *testing.T) {
	if _, err := discovery.NewStatic(); err == nil {
		t.Error("no address was accepted")
	}
}
