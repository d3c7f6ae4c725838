package discovery_test

import (
	"fmt"
	"strings"
	"testing"

	"ms2.internal/lb/discovery"
)

func TestCleanDropsOneByOneAndSaysWhy(t *testing.T) {
	long := strings.Repeat("é", 600)
	kept, dropped := discovery.Clean([]discovery.Instance{
		{ID: "a", Addr: "10.0.0.1:80"},
		{ID: "", Addr: "10.0.0.2:80"},
		{ID: "a", Addr: "10.0.0.3:80"},
		{ID: "b", Addr: ":80"},
		{ID: "c", Addr: "10.0.0.4"},
		{ID: "d", Addr: "10.0.0.5:0"},
		{ID: "e", Addr: "::1:80"},
		{ID: long, Addr: "10.0.0.6:80"},
		{ID: "f", Addr: strings.Repeat("f", 2000) + ":80"},
		{ID: "g", Addr: "[::1]:80"},
	})
	if len(kept) != 2 || kept[0].Addr != "10.0.0.1:80" || kept[1].ID != "g" {
		t.Errorf("kept %v, want the first a and g", kept)
	}
	reasons := []string{"no ID", "same ID", "host is empty", "port is missing", "port", "brackets", "1200 bytes", "2003 bytes"}
	if len(dropped) != len(reasons) {
		t.Fatalf("dropped %d, want %d: %v", len(dropped), len(reasons), dropped)
	}
	for i, want := range reasons {
		if !strings.Contains(dropped[i].Why, want) {
			t.Errorf("dropped %+v, want the reason %q", dropped[i], want)
		}
	}
	if shown := dropped[6].ID; len(shown) > 140 || strings.ContainsRune(shown, '\uFFFD') {
		t.Errorf("a long ID is shown as %q", shown)
	}
}

func TestCleanMovesWeightsIntoRange(t *testing.T) {
	kept, _ := discovery.Clean([]discovery.Instance{
		{ID: "a", Addr: "a:1", Weight: -5},
		{ID: "b", Addr: "b:1", Weight: discovery.MaxWeight + 1},
		{ID: "c", Addr: "c:1", Weight: 7},
	})
	for i, want := range []int{0, discovery.MaxWeight, 7} {
		if kept[i].Weight != want {
			t.Errorf("weight of %s is %d, want %d", kept[i].ID, kept[i].Weight, want)
		}
	}
}

func TestCleanBoundsWhatItKeepsAndLists(t *testing.T) {
	in := make([]discovery.Instance, discovery.MaxInstances+250)
	for i := range in {
		in[i] = discovery.Instance{ID: fmt.Sprint(i), Addr: "a:80"}
	}
	kept, dropped := discovery.Clean(in)
	if len(kept) != discovery.MaxInstances || len(dropped) != discovery.MaxDropped+1 {
		t.Fatalf("kept %d and listed %d, want %d and %d", len(kept), len(dropped), discovery.MaxInstances, discovery.MaxDropped+1)
	}
	if last := dropped[discovery.MaxDropped]; last.ID != "" || !strings.Contains(last.Why, "150 more") {
		t.Errorf("last entry %+v, want it to count the 150 others", last)
	}
}

func TestCleanSharesNothingWithItsInput(t *testing.T) {
	in := []discovery.Instance{{ID: "a", Addr: "a:80", Weight: -1, Meta: map[string]string{"k": "v"}}}
	kept, _ := discovery.Clean(in)
	kept[0].Meta["k"], kept[0].ID = "changed", "changed"
	if in[0].ID != "a" || in[0].Weight != -1 || in[0].Meta["k"] != "v" {
		t.Errorf("the input became %+v", in[0])
	}
}

func TestCleanOfNothingIsEmptyNotNil(t *testing.T) {
	if kept, dropped := discovery.Clean(nil); kept == nil || len(kept) != 0 || dropped != nil {
		t.Errorf("Clean(nil) = %v, %v", kept, dropped)
	}
}

func FuzzClean(f *testing.F) {
	f.Add("a", "10.0.0.1:80", 1, "b", "[::1]:80", -1)
	f.Add("", ":", 0, "x", "::1:80", 70000)
	f.Fuzz(func(t *testing.T, id1, addr1 string, weight1 int, id2, addr2 string, weight2 int) {
		kept, dropped := discovery.Clean([]discovery.Instance{
			{ID: id1, Addr: addr1, Weight: weight1}, {ID: id2, Addr: addr2, Weight: weight2},
		})
		if kept == nil || len(kept)+len(dropped) != 2 {
			t.Fatalf("kept %v and dropped %v of 2", kept, dropped)
		}
		again, lost := discovery.Clean(kept)
		if len(again) != len(kept) || lost != nil {
			t.Fatalf("cleaning twice dropped %v", lost)
		}
		for _, k := range kept {
			if _, err := discovery.NewStatic(k.Addr); err != nil || k.ID == "" || k.Weight < 0 || k.Weight > discovery.MaxWeight {
				t.Fatalf("kept %+v (%v)", k, err)
			}
		}
	})
}
