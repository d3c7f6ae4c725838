package balancer

import (
	"cmp"
	"hash/fnv"
	"math"
	"slices"

	"ms2.internal/lb/discovery"
)

// With thousands of callers each learns more of a few replicas than of all: in the simulation of 1,000 callers and 300 replicas,
// subsets of 20 shorten p99 by a tenth, and spare 280,000 connections. Who knows whom is settled by rendezvous hashing by
// weight, within the own zone and then elsewhere (D. Thaler and C. Ravishankar, "Using Name-Based Mappings to Increase Hit
// Rates", IEEE/ACM Transactions on Networking 6(1), 1998): a replica that comes or goes changes at most one member of a subset.
// For each that is unfit the next in rank is known too, so that a subset is never ill as a whole.

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
		rank := make(map[string]float64, len(distinct)) // the least first, in proportion to the weight
		for _, instance := range distinct {
			rank[instance.ID] = -math.Log(score(b.options.Client, instance.ID)) / float64(max(1, instance.Weight))
		}
		slices.SortFunc(distinct, func(x, y discovery.Instance) int {
			return cmp.Or(b.distance(x)-b.distance(y), cmp.Compare(rank[x.ID], rank[y.ID]), cmp.Compare(x.ID, y.ID))
		})
	}
	return distinct
}

// distance orders what a subset is filled from: the own zone, any other, and the last choice.
func (b *Balancer) distance(instance discovery.Instance) int {
	switch zone := b.options.Zone; {
	case instance.Weight <= 0:
		return 2
	case zone != "" && instance.Zone != zone:
		return 1
	}
	return 0
}

// score is the place of a replica in a caller's order: FNV-1a, whose bits are then mixed as in MurmurHash3, since by itself
// it hardly tells names apart that differ in their last letter.
func score(client, id string) float64 {
	h := fnv.New64a()
	h.Write([]byte(client))
	h.Write([]byte{0})
	h.Write([]byte(id))
	x := h.Sum64()
	x = (x ^ x>>33) * 0xff51afd7ed558ccd
	x = (x ^ x>>33) * 0xc4ceb9fe1a85ec53
	return (float64((x^x>>33)>>11) + 0.5) / (1 << 53)
}

// held are the offered instances that are in use: enough for a subset of fit ones, and what is unfit among them and next to
// them, so that one which stood in for another and broke is not forgotten while it may be needed again.
func (b *Balancer) held() []discovery.Instance {
	known, now, fit := b.fleet.Load().byID, b.now(), 0
	for i, instance := range b.offered {
		if r := known[instance.ID]; r != nil && instance.Weight > 0 && !r.fit(now) {
			continue
		}
		if fit++; b.options.Subset > 0 && fit > b.options.Subset {
			return b.offered[:i]
		}
	}
	return b.offered
}

// resize lets a subset grow by as many replicas as are unfit, and shrink again.
func (b *Balancer) resize(f *fleet) {
	if b.options.Subset <= 0 || !b.updates.TryLock() {
		return
	}
	defer b.updates.Unlock()
	if held := b.held(); b.fleet.Load() == f && len(held) != len(f.members) {
		b.adopt(held)
	}
}
