package consul

import (
	"maps"
	"slices"

	"ms2.internal/lb/discovery"
)

// sameSet compares two sets that are sorted by ID.
func sameSet(a, b []discovery.Instance) bool { return slices.EqualFunc(a, b, sameInstance) }

func sameInstance(a, b discovery.Instance) bool {
	return a.ID == b.ID && a.Addr == b.Addr && a.Zone == b.Zone && a.Weight == b.Weight && maps.Equal(a.Meta, b.Meta)
}
