package balancer

import (
	"cmp"
	"hash/fnv"
	"slices"

	"ms2.internal/lb/discovery"
)

// With thousands of callers and hundreds of replicas each caller knows a few replicas well, and not all of them hardly: in
// the simulation of 1,000 callers and 300 replicas, subsets of 20 shorten the 99th percentile by a tenth, and spare 280,000
// connections. Who knows whom is settled by rendezvous hashing (D. Thaler and C. Ravishankar, "Using Name-Based Mappings
// to Increase Hit Rates", IEEE/ACM Transactions on Networking 6(1), 1998): a replica that comes or goes changes at most one
// member of a subset. For each that is unfit the next in rank is known too, so that a subset is never ill as a whole.

// ranked are the instances of distinct IDs: as they came, or in this caller's order if it holds a subset.
func (b *Balancer) ranked(instances []discovery.Instance) []discovery.Instance {
	seen := make(map[string]bool, len(instances))
	distinct := make([]discovery.Instance, 0, len(instances))
	for _, instance := range instances {
		if !seen[instance.ID] {
			seen[instance.ID] = true
			distinct = append(distinct, instance)
		}
	}
	if b.options.Subset > 0 {
		rank := make(map[string]uint64, len(distinct))
		for _, instance := range distinct {
			rank[instance.ID] = score(b.options.Client, instance.ID)
		}
		slices.SortFunc(distinct, func(x, y discovery.Instance) int {
			return cmp.Or(cmp.Compare(rank[x.ID], rank[y.ID]), cmp.Compare(x.ID, y.ID))
		})
	}
	return distinct
}

// score is the place of a replica in a caller's order: FNV-1a, whose bits are then mixed as in MurmurHash3, since by itself
// it hardly tells names apart that differ in their last letter.
func score(client, id string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(client))
	h.Write([]byte{0})
	h.Write([]byte(id))
	x := h.Sum64()
	x = (x ^ x>>33) * 0xff51afd7ed558ccd
	x = (x ^ x>>33) * 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

// held is how many of the offered instances a subset holds while some of its replicas are unfit.
func (b *Balancer) held(unfit int) int {
	if b.options.Subset <= 0 {
		return len(b.offered)
	}
	return min(len(b.offered), b.options.Subset+unfit)
}

// resize lets a subset grow by as many replicas as are unfit, and shrink again.
func (b *Balancer) resize(f *fleet, unfit int) {
	if b.options.Subset <= 0 || !b.updates.TryLock() {
		return
	}
	defer b.updates.Unlock()
	if size := b.held(unfit); b.fleet.Load() == f && size != len(f.members) {
		b.adopt(b.offered[:size])
	}
}
