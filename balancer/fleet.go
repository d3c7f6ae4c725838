package balancer

import (
	"slices"

	"ms2.internal/lb/discovery"
)

// fleet is the set of replicas at one moment. It is never changed, only replaced.
type fleet struct {
	members []member
	byID    map[string]*replica
	table   table // draws an index of members, by weight
	even    bool  // all weights are equal, and there are two members at least
}

// member is a replica as the current snapshot describes it.
type member struct {
	replica  *replica
	instance discovery.Instance
	step     float64 // by how much one request lengthens its queue: mean weight ÷ weight, so 1 when all are equal
}

func newFleet(members []member) *fleet {
	f := &fleet{members: members, byID: make(map[string]*replica, len(members))}
	weights := make([]int, len(members))
	for i, m := range members {
		f.byID[m.instance.ID] = m.replica
		weights[i] = min(max(0, m.instance.Weight), discovery.MaxWeight)
	}
	f.table = newTable(weights)
	f.even = len(weights) > 1 && slices.Min(weights) > 0 && slices.Min(weights) == slices.Max(weights)
	for i := range members {
		members[i].step = f.table.step(weights[i])
	}
	return f
}
