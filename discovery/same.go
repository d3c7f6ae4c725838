package discovery

import (
	"cmp"
	"maps"
	"slices"
)

// Same reports whether a and b hold the same instances in everything that matters (ID, address, zone, weight, metadata),
// whatever their order. Nil and empty are the same, for sets and for metadata. It changes neither, and allocates nothing
// when the order is the same too.
//
// IDs are unique within a set. Where they are not, Same may find a difference in the order alone, but never overlooks one.
func Same(a, b []Instance) bool {
	if len(a) != len(b) {
		return false
	}
	return slices.EqualFunc(a, b, sameInstance) || slices.EqualFunc(byID(a), byID(b), sameInstance)
}

func sameInstance(a, b Instance) bool {
	return a.ID == b.ID && a.Addr == b.Addr && a.Zone == b.Zone && a.Weight == b.Weight && maps.Equal(a.Meta, b.Meta)
}

// byID returns a sorted copy.
func byID(set []Instance) []Instance {
	return slices.SortedFunc(slices.Values(set), func(a, b Instance) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Addr, b.Addr))
	})
}
