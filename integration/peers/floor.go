package main

import (
	"math"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// floor is the rule alone: of two replicas drawn the one with the lower latency × (1 + requests in flight), the latency
// decayed by time. It has no weights, no breaker, no statistics, no memory of failures; it is what the others can't do
// without.
type floor struct {
	epoch    time.Time
	replicas []floorReplica
}

type floorReplica struct {
	addr     string
	inFlight atomic.Int64
	latency  atomic.Uint64 // bits of nanoseconds
	told     atomic.Int64  // when that was, since the epoch
	_        [24]byte      // so that it fills a cache line and neighbours do not disturb one another
}

func openFloor(replicas []string) (picker, func(), error) {
	f := &floor{epoch: time.Now(), replicas: make([]floorReplica, len(replicas))}
	for i, addr := range replicas {
		f.replicas[i].addr = addr
	}
	return f, func() {}, nil
}

func (f *floor) run(decisions int, see func(string)) error {
	for range decisions {
		r, start := f.pick()
		if see != nil {
			see(r.addr)
		}
		f.done(r, start)
	}
	return nil
}

func (f *floor) pick() (r *floorReplica, start time.Duration) {
	start, r = time.Since(f.epoch), f.draw()
	if other := f.draw(); other.cost() < r.cost() {
		r = other
	}
	r.inFlight.Add(1)
	return r, start
}

func (f *floor) draw() *floorReplica {
	return &f.replicas[(rand.Uint64()>>32)*uint64(len(f.replicas))>>32]
}

func (r *floorReplica) cost() float64 {
	return math.Float64frombits(r.latency.Load()) * float64(1+r.inFlight.Load())
}

// decay is the time constant of the average.
const decay = 5 * time.Second

func (f *floor) done(r *floorReplica, start time.Duration) {
	now := time.Since(f.epoch)
	r.inFlight.Add(-1)
	kept := 1 / (1 + float64(now-time.Duration(r.told.Swap(int64(now))))/float64(decay))
	took, before := float64(now-start), math.Float64frombits(r.latency.Load())
	r.latency.Store(math.Float64bits(took + (before-took)*kept))
}
