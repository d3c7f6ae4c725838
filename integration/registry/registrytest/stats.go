package registrytest

import (
	"slices"
	"strings"

	"ms2.internal/lb/sdk"
)

// Find returns what is known of a replica; nil when it is not in the set.
func Find(s sdk.Stats, name string) *sdk.ReplicaStats {
	for i := range s.Replicas {
		if nameOf(s.Replicas[i].ID) == name {
			return &s.Replicas[i]
		}
	}
	return nil
}

// Picks counts the picks of a replica; none when it is not in the set.
func Picks(s sdk.Stats, name string) int64 {
	if r := Find(s, name); r != nil {
		return r.Picks
	}
	return 0
}

// Has reports whether exactly these replicas are in the set.
func Has(s sdk.Stats, names ...string) bool {
	var known []string
	for _, r := range s.Replicas {
		known = append(known, nameOf(r.ID))
	}
	slices.Sort(known)
	return slices.Equal(known, slices.Sorted(slices.Values(names)))
}

// nameOf takes off the node, which comes before the slash in an ID of Consul's.
func nameOf(id string) string { return id[strings.LastIndexByte(id, '/')+1:] }
