package main

import (
	"math/rand/v2"
	"time"
)

// arrival is one check of a schedule.
type arrival struct {
	at  time.Duration // since the schedule began
	sid string
}

// schedule draws the arrivals of a span: a Poisson process, so gaps of an exponential law with the mean 1/load, and SIDs of
// a Zipf law, the k-th of sids (from 0) with a likelihood in proportion to (1+k)^-exponent. The same seed draws the same.
func schedule(sids []string, exponent float64, load int, span time.Duration, seed uint64) []arrival {
	random := rand.New(rand.NewPCG(seed, uint64(load)))
	popular := rand.NewZipf(random, exponent, 1, uint64(len(sids)-1))
	var arrivals []arrival
	gap := float64(time.Second) / float64(load)
	for at := random.ExpFloat64() * gap; at < float64(span); at += random.ExpFloat64() * gap {
		arrivals = append(arrivals, arrival{time.Duration(at), sids[popular.Uint64()]})
	}
	return arrivals
}
