package balancer

import (
	"math"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"ms2.internal/lb/discovery"
)

// Options tune a [Balancer]. The zero value works and is right for most.
type Options struct {
	// Rand makes a run repeatable; nil means the global source of math/rand/v2.
	// It must be safe for concurrent use if picks are concurrent.
	Rand rand.Source

	// Failures in a row open a replica's circuit breaker; 0 means 5, a negative number means no breakers.
	Failures int

	// Open is how long a breaker stays open before one request probes the replica; 0 means 2 s.
	Open time.Duration

	// ProbeTimeout is how long such a probe may go without an outcome before it counts as failed; 0 means 5 s.
	ProbeTimeout time.Duration

	// MaxRest caps [Outcome.Rest]; 0 means 5 s.
	MaxRest time.Duration

	// WarmUp is for how long a replica that is new, or back, rises to its full share; 0 means 3 s, a negative duration
	// means that it has it at once.
	WarmUp time.Duration

	// MaxEjected is the largest part of the replicas that may be left out as outliers, those that are leaving or have
	// weight 0 counted in, 0 to 1; 0 means 0.4, a negative number means that outliers are not looked for.
	MaxEjected float64

	// Zone is where the caller is: replicas there are preferred while they are not far slower or busier than the
	// others. Empty means that no zone is preferred.
	Zone string

	// Subset is the most replicas that are used while all are well; 0 or less means all. It is for thousands of callers: with
	// fewer, some replicas have none.
	Subset int

	// Client names the caller among those that hold subsets: the same name gives the same one. Empty means a random name.
	Client string

	// Decay is the time constant by which a replica's past is forgotten; 0 means 5 s. Later latencies outweigh earlier
	// ones in a fifth of it.
	Decay time.Duration
}

func (o Options) withDefaults() Options {
	if o.Failures == 0 {
		o.Failures = 5
	}
	if o.WarmUp == 0 {
		o.WarmUp = 3 * time.Second
	}
	if o.MaxEjected == 0 {
		o.MaxEjected = 0.4
	}
	setDefault(&o.Open, 2*time.Second)
	setDefault(&o.ProbeTimeout, 5*time.Second)
	setDefault(&o.MaxRest, 5*time.Second)
	setDefault(&o.Decay, 5*time.Second)
	return o
}

// setDefault takes a negative duration, which means nothing, for none.
func setDefault(field *time.Duration, value time.Duration) {
	if *field <= 0 {
		*field = value
	}
}

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
	reviewAt  time.Duration // the moment of the next
	bound     float64       // what an outlier takes, as a logarithm
	panicking atomic.Bool   // see [Balancer.Panic]
}

// never is a moment that does not come.
const never = time.Duration(math.MaxInt64)

// New returns a balancer that knows no replica.
func New(o Options) *Balancer {
	b := &Balancer{options: o.withDefaults(), random: rand.Uint64, epoch: time.Now()}
	if o.Rand != nil {
		b.random = o.Rand.Uint64
	}
	if b.options.Client == "" {
		b.options.Client = strconv.FormatUint(rand.Uint64(), 36)
	}
	b.fleet.Store(newFleet(nil, ""))
	b.wake.Store(int64(never))
	b.bound = math.Inf(1)
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
	unfit := 0
	for _, r := range b.fleet.Load().byID {
		if !r.fit(b.now()) {
			unfit++
		}
	}
	b.adopt(b.offered[:b.held(unfit)])
}

// adopt makes the instances the members of the fleet. Where all are new, none is a newcomer.
func (b *Balancer) adopt(instances []discovery.Instance) {
	known, now := b.fleet.Load().byID, b.now()
	members := make([]member, 0, len(instances))
	var joined []*replica
	for _, instance := range instances {
		r := known[instance.ID]
		if r == nil {
			r = newReplica(b, instance.ID)
			joined = append(joined, r)
		}
		members = append(members, member{replica: r, instance: &instance})
	}
	if len(joined) < len(members) {
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
		r, e := m.replica, effort(work)
		r.load.begin(e, now)
		r.tally.picks.Add(1)
		return Lease{member: m, start: now, terms: terms{e, r.breaker.generation.Load()}}, nil
	}
	// Nothing is left but what was tried already, and of that what may be probed.
	if now >= time.Duration(b.wake.Load()) {
		if lease, ok := b.lookForProbe(now, work, nil); ok {
			return lease, nil
		}
	}
	return Lease{}, fleet.refusal(now)
}

func (b *Balancer) choose(f *fleet, now time.Duration, avoid []string) *member {
	panicking := b.panicking.Load()
	if f.even && !panicking && len(avoid) == 0 {
		if m := f.chooseEven(b.random, now); m != nil {
			return m
		}
	}
	return f.choose(&search{random: b.random, now: now, avoid: avoid, panicking: panicking})
}
