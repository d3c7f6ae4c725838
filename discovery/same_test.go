package discovery_test

import (
	"slices"
	"testing"

	"ms2.internal/lb/discovery"
)

func pair() []discovery.Instance {
	return []discovery.Instance{
		{ID: "a", Addr: "10.0.0.1:80", Zone: "z1", Weight: 1, Meta: map[string]string{"k": "v"}},
		{ID: "b", Addr: "10.0.0.2:80", Weight: 2},
	}
}

func TestSetsAreTheSameWhateverTheirOrder(t *testing.T) {
	turned := pair()
	slices.Reverse(turned)
	if !discovery.Same(pair(), turned) || turned[0].ID != "b" {
		t.Errorf("the order made a difference, or was changed: %v", turned)
	}
}

func TestNilAndEmptyAreTheSameSetAndTheSameMetadata(t *testing.T) {
	bare := pair()
	bare[1].Meta = map[string]string{}
	if !discovery.Same(nil, []discovery.Instance{}) || !discovery.Same(pair(), bare) {
		t.Error("nil differs from empty")
	}
}

func TestAnythingThatMattersMakesSetsDiffer(t *testing.T) {
	for what, change := range map[string]func(*discovery.Instance){
		"ID":       func(i *discovery.Instance) { i.ID = "c" },
		"address":  func(i *discovery.Instance) { i.Addr = "10.0.0.3:80" },
		"zone":     func(i *discovery.Instance) { i.Zone = "z2" },
		"weight":   func(i *discovery.Instance) { i.Weight = 0 },
		"metadata": func(i *discovery.Instance) { i.Meta = map[string]string{"k": "w"} },
	} {
		changed := pair()
		change(&changed[0])
		turned := slices.Clone(changed)
		slices.Reverse(turned)
		if discovery.Same(pair(), changed) || discovery.Same(turned, pair()) {
			t.Errorf("another %s made no difference", what)
		}
	}
	if discovery.Same(pair(), pair()[:1]) || discovery.Same(nil, pair()) {
		t.Error("a missing instance made no difference")
	}
}

func TestComparingAnUnchangedSetAllocatesNothing(t *testing.T) {
	a, b := pair(), pair()
	if n := testing.AllocsPerRun(100, func() { discovery.Same(a, b) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
