package balancer

import "ms2.internal/lb/discovery"

// fleet is the set of replicas at one moment. It is never changed, only replaced.
type fleet struct {
	members []member
	byID    map[string]*replica
	table   aliasTable // draws an index of members, by weight
	near    aliasTable // of the zone that is preferred; empty when there is none, or no other
	plain   bool       // two can be drawn, and no zone is preferred
}

// member is a replica as the current snapshot describes it.
type member struct {
	replica   *replica
	instance  *discovery.Instance // apart, so that what a pick looks at stays close together
	step      float64             // by how much one request lengthens its queue: mean weight ÷ weight, so 1 when all are equal
	weight    float32             // 0 to [discovery.MaxWeight], which it holds exactly
	elsewhere bool                // it is not in the zone that is preferred
}

func newFleet(members []member, zone string) *fleet {
	f := &fleet{members: members, byID: make(map[string]*replica, len(members))}
	weights, near, others := make([]int, len(members)), make([]int, len(members)), false
	for i := range members {
		m := &members[i]
		f.byID[m.instance.ID] = m.replica
		weights[i] = min(max(0, m.instance.Weight), discovery.MaxWeight)
		if m.weight, m.elsewhere = float32(weights[i]), m.instance.Zone != zone; !m.elsewhere {
			near[i] = weights[i]
		}
		others = others || m.elsewhere && m.weight > 0
	}
	f.table = newTable(weights)
	if zone != "" && others {
		f.near = newTable(near)
	}
	f.plain = len(f.near.slots) == 0 && len(f.table.slots) > 1
	for i := range members {
		members[i].step = 1
		if w := float64(members[i].weight); w > 0 {
			members[i].step = float64(f.table.total) / float64(len(f.table.slots)) / w
		}
	}
	return f
}
