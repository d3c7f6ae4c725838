package balancer

import "ms2.internal/lb/discovery"

// fleet is the set of replicas at one moment. It is never changed, only replaced.
type fleet struct {
	members []member
	byID    map[string]*replica
	table   table // draws an index of members, by weight
}

// member is a replica as the current snapshot describes it.
type member struct {
	replica  *replica
	instance discovery.Instance
	share    float64 // weight relative to the fleet's mean: 1 when all are equal, 0 for weight 0
}

func newFleet(members []member) *fleet {
	f := &fleet{members: members, byID: make(map[string]*replica, len(members))}
	weights := make([]int, len(members))
	for i, m := range members {
		f.byID[m.instance.ID] = m.replica
		weights[i] = max(0, m.instance.Weight)
	}
	f.table = newTable(weights)
	for i := range members {
		members[i].share = f.table.share(weights[i])
	}
	return f
}
