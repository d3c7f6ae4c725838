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
	weights := make([]int, len(members))
	for i, m := range members {
		f.byID[m.instance.ID] = m.replica
		weights[i] = min(max(0, m.instance.Weight), discovery.MaxWeight)
	}
	f.table, f.near = newTable(weights), newTable(inZone(members, weights, zone))
	f.plain = len(f.near.slots) == 0 && len(f.table.slots) > 1
	for i := range members {
		m := &members[i]
		m.weight, m.step, m.elsewhere = float32(weights[i]), f.table.step(weights[i]), m.instance.Zone != zone
	}
	return f
}

// inZone are the weights of the members in a zone, and 0 for the others; none when all are there, or no zone is preferred.
func inZone(members []member, weights []int, zone string) []int {
	near, others := make([]int, len(weights)), false
	for i, m := range members {
		if m.instance.Zone == zone {
			near[i] = weights[i]
		} else {
			others = others || weights[i] > 0
		}
	}
	if zone == "" || !others {
		return nil
	}
	return near
}
