package main

import (
	"context"
	"math/rand/v2"
	"time"

	"ms2.internal/lb/examples/ms2/usbids"
	"ms2.internal/lb/sdk/protocol"
)

// catalogue is the real one, in memory.
type catalogue map[string]protocol.Entity

func readCatalogue() (catalogue, error) {
	entities, err := usbids.Entities()
	if err != nil {
		return nil, err
	}
	c := make(catalogue, len(entities))
	for _, e := range entities {
		c[e.SID] = protocol.Entity{Kind: e.Kind, Version: "1"}
	}
	return c, nil
}

// readPopularity lists the SIDs of the catalogue, the most popular first: which one is, chance says.
func readPopularity(seed uint64) ([]string, error) {
	entities, err := usbids.Entities()
	if err != nil {
		return nil, err
	}
	sids := make([]string, len(entities))
	for i, e := range entities {
		sids[i] = e.SID
	}
	rand.New(rand.NewPCG(seed, 0)).Shuffle(len(sids), func(i, j int) { sids[i], sids[j] = sids[j], sids[i] })
	return sids, nil
}

// slow is a store that takes its time for each request, as one does that asks a database: the CPU is free meanwhile.
type slow struct {
	catalogue
	service time.Duration
}

// Lookup implements [protocol.Store].
func (s slow) Lookup(ctx context.Context, sids []string) (map[string]protocol.Entity, error) {
	if s.service > 0 {
		timer := time.NewTimer(s.service)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	found := make(map[string]protocol.Entity, len(sids))
	for _, sid := range sids {
		if e, ok := s.catalogue[sid]; ok {
			found[sid] = e
		}
	}
	return found, nil
}
