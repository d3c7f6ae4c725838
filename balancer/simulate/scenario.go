package simulate

import (
	"cmp"
	"math/rand/v2"
	"strconv"
	"time"
)

// scenario is a fleet, what befalls it, and the traffic.
type scenario struct {
	name     string
	replicas int
	slots    int           // requests that a replica serves at once; 0 means 4
	clients  int           // 0 means 1
	subset   int           // replicas that a client knows; 0 means all
	distance time.Duration // more for an answer from another of three zones; 0 means that clients name no zone
	load     float64       // of what the healthy fleet can serve, without the ones that join later
	scale    float64       // on the number of requests; 0 means 1

	base    time.Duration // mean service time of a request; 0 means 20 ms
	each    time.Duration // more for each SID of a batch
	batch   int           // SIDs of a batch
	batches float64       // share of the requests that are batches
	spread  spread        // of the service time; nil means lognormal with sigma 1

	subsets map[int]subset // by client

	// befall changes the behaviour of the fleet for a run as long as the horizon.
	befall func(fleet []behaviour, horizon time.Duration, random *rand.Rand)
}

func (s scenario) withDefaults() *scenario {
	s.slots = cmp.Or(s.slots, 4)
	s.clients = cmp.Or(s.clients, 1)
	s.base = cmp.Or(s.base, 20*time.Millisecond)
	s.scale = cmp.Or(s.scale, 1)
	if s.spread == nil {
		s.spread = lognormal(1)
	}
	return &s
}

// fleet makes the replicas; the same for every policy of a seed.
func (s *scenario) fleet(horizon time.Duration, seed uint64) []behaviour {
	fleet := make([]behaviour, s.replicas)
	for i := range fleet {
		fleet[i] = behaviour{slots: s.slots, weight: 1, factor: 1}
	}
	if s.befall != nil {
		s.befall(fleet, horizon, rand.New(rand.NewPCG(seed, 3)))
	}
	return fleet
}

// mean is the mean service time of a request for so many SIDs.
func (s *scenario) mean(work int) time.Duration { return s.base + time.Duration(work-1)*s.each }

// service is that of an attempt.
func (s *scenario) service(r *request, number int) time.Duration {
	return time.Duration(float64(s.mean(r.work)) * r.size[number])
}

// rate is the number of requests a second that makes the load.
func (s *scenario) rate() float64 {
	mean := (1-s.batches)*s.mean(1).Seconds() + s.batches*s.mean(max(1, s.batch)).Seconds()
	return s.load * s.capacity() / mean
}

// capacity is the number of slots that the healthy fleet starts with, the slow ones counted in part.
func (s *scenario) capacity() float64 {
	slots := 0.0
	for _, b := range s.fleet(time.Hour, 1) {
		if b.joins == 0 {
			slots += float64(b.slots) / b.factor
		}
	}
	return slots
}

// zone is where a client is, as far as it says.
func (s *scenario) zone(client int) string {
	if s.distance == 0 {
		return ""
	}
	return strconv.Itoa(client % 3)
}
