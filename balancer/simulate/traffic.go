package simulate

import (
	"math"
	"math/rand/v2"
	"time"
)

// attempts is how often a check is tried at most.
const attempts = 3

// request is one check, or a batch of them, with all chance that concerns it.
type request struct {
	at     time.Duration
	client int
	work   int               // SIDs
	size   [attempts]float64 // of each attempt's service time, relative to the mean
	coin   [attempts]float64 // 0 to 1: below the share of failures of a faulty replica, the attempt fails
}

// newTraffic draws the requests: Poisson arrivals at the scenario's load.
func newTraffic(s *scenario, count int, seed uint64) []request {
	random := rand.New(rand.NewPCG(seed, 1))
	rate := s.rate()
	traffic := make([]request, count)
	at := 0.0
	for i := range traffic {
		at += random.ExpFloat64() / rate
		r := request{at: time.Duration(at * float64(time.Second)), client: random.IntN(s.clients), work: 1}
		if random.Float64() < s.batches {
			r.work = s.batch
		}
		for j := range attempts {
			r.size[j], r.coin[j] = s.spread(random), random.Float64()
		}
		traffic[i] = r
	}
	return traffic
}

// spread draws a factor with a mean of 1.
type spread func(*rand.Rand) float64

func exponential(random *rand.Rand) float64 { return random.ExpFloat64() }

// lognormal has sigma as the standard deviation of its logarithm: with 1, the 99th percentile is 6.2 times the mean.
func lognormal(sigma float64) spread {
	return func(random *rand.Rand) float64 { return math.Exp(sigma*random.NormFloat64() - sigma*sigma/2) }
}
