package discovery_test

import (
	"encoding/json"
	"strings"
	"testing"

	"ms2.internal/lb/discovery"
)

// wantSound wants of a decoder a set that can be used as it is, or an error that can be shown.
func wantSound(t *testing.T, set []discovery.Instance, err error) {
	t.Helper()
	if (err == nil) == (set == nil) {
		t.Fatalf("set %v with the error %v, want one of them", set, err)
	}
	if err != nil && (len(err.Error()) > 10_000 || strings.Contains(err.Error(), "\n")) {
		t.Fatalf("error %q, want a short line", err)
	}
	if kept, dropped := discovery.Clean(set); len(kept) != len(set) || len(dropped) > 0 || !discovery.Same(kept, set) {
		t.Fatalf("the set %v is not clean: %v", set, dropped)
	}
}

func FuzzFile(f *testing.F) {
	for _, text := range []string{
		"", "{}", "null", "[]", oneInstance, another, noInstance, oneInstance[:20], `{"instances":null}`, `{"instances":[null]}`,
		`{"instances":[{"id":"a","addr":"a:1","zone":"z","weight":-1,"meta":{"k":"v"}},{"addr":"[::1]:80","weight":99999}]}`,
		`{"instances":[{"addr":"a:1"},{"addr":"a:1"}]}`, `{"INSTANCES":[{"ADDR":"\u0000:1"}]}`, `{"instances":[{"weight":1e99}]}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		set, _, err := discovery.DecodeDocument(data)
		wantSound(t, set, err)
		var document struct{ Instances []any }
		if err == nil && len(set) == 0 && (json.Unmarshal(data, &document) != nil || document.Instances == nil || len(document.Instances) > 0) {
			t.Fatalf("%q was taken for an empty set", data)
		}
	})
}

func FuzzRemembered(f *testing.F) {
	const head = `{"format":"ms2 remembered set","version":1,"service":"ms2","source":"consul","confirmed":"2026-01-02T03:04:05Z","instances":`
	for _, text := range []string{
		"", "{}", "null", oneInstance, head, head + "null}", head + "[]}", head + `[{"id":"a","addr":"a:1"}]}`,
		head + `[{"id":"a","addr":"a:1","zone":"z","weight":0,"meta":{"k":"v"}},{"addr":"[::1]:80"}],"later":1}`,
		strings.Replace(head, "ms2", "foreign", 1) + "[]}", strings.Replace(head, "2026", "99999", 1) + "[]}",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		set, source, at, err := discovery.DecodeRemembered(data, "ms2")
		wantSound(t, set, err)
		if err != nil {
			return
		}
		if len(set) == 0 {
			t.Fatalf("%q is remembered as an empty set", data)
		}
		again, err := discovery.EncodeRemembered("ms2", discovery.Snapshot{Instances: set, Source: source, At: at})
		if err != nil {
			t.Fatalf("%q can be read but not written: %v", data, err)
		}
		back, _, when, err := discovery.DecodeRemembered(again, "ms2")
		if err != nil || !discovery.Same(set, back) || !when.Equal(at) {
			t.Fatalf("written and read, %v at %v became %v at %v (%v)", set, at, back, when, err)
		}
	})
}
