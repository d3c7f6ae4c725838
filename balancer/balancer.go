package balancer

import (
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"ms2.internal/lb/discovery"
)

// Balancer spreads requests over replicas. Make one with [New].
type Balancer struct {
	options Options
	random  func() uint64
	epoch   time.Time // moments below are durations since it: one clock read each, and they fit an atomic

	fleet   atomic.Pointer[fleet]
	updates sync.Mutex // serialises what replaces the fleet
	offered []discovery.Instance

	wake   atomic.Int64 // earliest moment at which a replica may be due for a probe
	probes sync.Mutex   // held, by TryLock alone, by the one pick that looks for it

	reviews   sync.Mutex    // serialises what finds outliers and takes them back
	reviewAt  time.Duration // the moment of the next regular one
	norm      norm          // of the last
	urgent    atomic.Bool   // one is due at once
	dark      atomic.Bool   // none answers
	hastened  atomic.Int64  // the earliest moment to say so again
	panicking atomic.Bool   // see [Balancer.Panic]
	zoneLost  atomic.Bool   // nothing is fit in the own zone
	typical   atomic.Int64  // see [Balancer.Typical]: the duration for one SID
	totals    totals
}

// never is a moment that does not come.
const never = time.Duration(math.MaxInt64)

// New returns a balancer that knows no replica.
func New(o Options) *Balancer {
	b := &Balancer{options: o.withDefaults(), random: rand.Uint64, epoch: time.Now()}
	if o.Rand != nil {
		b.random = o.Rand.Uint64
	}
	b.fleet.Store(newFleet(nil, ""))
	b.wake.Store(int64(never))
	return b
}

// now is the time since the balancer was made, on the monotonic clock.
func (b *Balancer) now() time.Duration { return time.Since(b.epoch) }

// Update replaces the set of replicas. IDs that stay keep their statistics; a second instance of one ID is ignored.
// A pick that begins after its return yields no removed replica. The slice is not kept, the maps in it are.
func (b *Balancer) Update(instances []discovery.Instance) {
	b.updates.Lock()
	defer b.updates.Unlock()
	b.offered = b.ranked(instances)
	b.adopt(b.held())
}

// adopt makes the instances the members of the fleet. Newcomers warm up where others stay that take the traffic meanwhile.
func (b *Balancer) adopt(instances []discovery.Instance) {
	known, now := b.fleet.Load().byID, b.now()
	members := make([]member, 0, len(instances))
	var joined []*replica
	stays := false
	for _, instance := range instances {
		r := known[instance.ID]
		if r == nil {
			r = newReplica(b, instance.ID)
		}
		switch was := r.lastChoice.Swap(instance.Weight <= 0); {
		case instance.Weight <= 0:
		case was: // it is new, or was not asked
			r.returns.Store(known[instance.ID] != nil)
			joined = append(joined, r)
		default:
			stays = true
		}
		members = append(members, member{replica: r, instance: &instance})
	}
	if stays {
		for _, r := range joined {
			r.warmUp(now)
		}
	}
	b.fleet.Store(newFleet(members, b.options.Zone))
	b.wakeAt(now)
}

// Pick chooses a replica for a request of work SIDs (less than 1 counts as 1) and counts it as in flight until
// [Lease.Done]. avoid names the replicas that this request was tried on already; they are picked again only when no
// other is left.
//
// The error is [ErrNoReplicas], [ErrCircuitOpen] or a [*RestingError].
func (b *Balancer) Pick(work int, avoid ...string) (Lease, error) {
	fleet, now := b.fleet.Load(), b.now()
	if now >= time.Duration(b.wake.Load()) {
		if lease, ok := b.lookForProbe(now, work, avoid); ok {
			return lease, nil
		}
	}
	if m := b.choose(fleet, now, avoid); m != nil {
		return m.replica.lease(m, now, work), nil
	}
	// Nothing is left but what was tried already, and of that what may be probed.
	if now >= time.Duration(b.wake.Load()) {
		if lease, ok := b.lookForProbe(now, work, nil); ok {
			return lease, nil
		}
	}
	return Lease{}, fleet.refusal(now)
}
