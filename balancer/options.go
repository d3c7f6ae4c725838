package balancer

import (
	"cmp"
	"math/rand/v2"
	"strconv"
	"time"
)

// Options tune a [Balancer]. The zero value works and is right for most.
type Options struct {
	// Rand makes a run repeatable; nil means the global source. It must be safe for concurrent use if picks are concurrent.
	Rand rand.Source

	// Failures in a row open a replica's circuit breaker; 0 means 5, a negative number means no breakers. As many failures
	// and refusals in a row, 5 without breakers, have the replicas compared at once.
	Failures int

	// Open is how long a breaker stays open before one request probes the replica; 0 means 2 s.
	Open time.Duration

	// ProbeTimeout is how long such a probe may go without an outcome before it counts as failed; 0 means 5 s.
	ProbeTimeout time.Duration

	// WarmUp is for how long a replica that is new, or back, rises to its full share; 0 means 3 s, a negative duration no time.
	WarmUp time.Duration

	// MaxEjected is the largest part of the fleet, by weight, that may be left out as outliers, those that are leaving counted
	// in, 0 to 1; 0 means 0.4, a negative number means that outliers are not looked for. One of several always may be, and
	// those that answer nothing do not count.
	MaxEjected float64

	// Zone is where the caller is: replicas there are preferred while not far slower or busier than the others. Empty means none.
	Zone string

	// Subset is the most replicas that are used while all are well; 0 or less means all. It is for thousands of callers: with
	// fewer, some replicas have none.
	Subset int

	// Client names the caller among those that hold subsets: the same name gives the same one. Empty means a random name.
	Client string

	// OnChange is told of each change of a replica's state that requests bring about; nil means nobody is. It is called within
	// [Lease.Done], [Heard.Done], [Lease.Cancel], [Heard.Leaving] and [Balancer.Pick], under locks: it must not block, nor call
	// the balancer. Of one replica the changes come one after the other, in their order.
	OnChange func(Change)

	// OnPanic is told when [Balancer.Panic] begins, with true, and when it ends; nil means nobody is. Only a pick finds that out, so
	// without picks it goes on. It is called within [Balancer.Pick], under locks: it must not block, nor call the balancer.
	OnPanic func(panicking bool)
}

const defaultFailures = 5

func (o Options) withDefaults() Options {
	o.Failures = cmp.Or(o.Failures, defaultFailures)
	o.WarmUp = cmp.Or(o.WarmUp, 3*time.Second)
	o.MaxEjected = cmp.Or(o.MaxEjected, 0.4)
	o.Client = cmp.Or(o.Client, strconv.FormatUint(rand.Uint64(), 36))
	if o.Open <= 0 {
		o.Open = 2 * time.Second
	}
	if o.ProbeTimeout <= 0 {
		o.ProbeTimeout = 5 * time.Second
	}
	return o
}
