package simulate

import (
	"slices"
	"strconv"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/discovery"
)

// subset is what a client knows of the members, kept since every policy asks for it again.
type subset struct{ members, known []int }

// subsetOf is the subset that the balancer would hold, whatever the policy.
func (s *scenario) subsetOf(members []int, client int) []int {
	if s.subset == 0 {
		return members
	}
	kept := s.subsets[client]
	if !slices.Equal(kept.members, members) {
		kept = subset{members, draw(members, s.subset, client)}
		if s.subsets == nil {
			s.subsets = map[int]subset{}
		}
		s.subsets[client] = kept
	}
	return kept.known
}

func draw(members []int, size, client int) (known []int) {
	b := balancer.New(balancer.Options{Subset: size, Client: strconv.Itoa(client)})
	instances := make([]discovery.Instance, len(members))
	for at, i := range members {
		instances[at] = discovery.Instance{ID: strconv.Itoa(i), Weight: 1}
	}
	b.Update(instances)
	for _, r := range b.Stats() {
		i, _ := strconv.Atoi(r.Instance.ID)
		known = append(known, i)
	}
	return known
}
