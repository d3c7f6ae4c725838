package simulate

import (
	"math/rand/v2"
	"strconv"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/discovery"
)

// ours is the balancer itself, which follows the clock of the bubble that it is played in.
type ours struct {
	*simulation
	balancer *balancer.Balancer
	epoch    time.Time
	told     bool // replicas report their utilisation
}

func newOurs(s *simulation, seed uint64) policy { return newBalancer(s, seed) }

func newOursTold(s *simulation, seed uint64) policy {
	o := newBalancer(s, seed)
	o.told = true
	return o
}

func newBalancer(s *simulation, seed uint64) *ours {
	return &ours{
		simulation: s,
		balancer:   balancer.New(balancer.Options{Rand: rand.NewPCG(seed, 2)}),
		epoch:      time.Now().Add(-s.now),
	}
}

// follow moves the bubble's clock to the simulation's moment.
func (o *ours) follow() {
	if gap := o.now - time.Since(o.epoch); gap > 0 {
		<-time.After(gap)
	}
}

func (o *ours) update(members []int) {
	o.follow()
	instances := make([]discovery.Instance, len(members))
	for at, i := range members {
		b := &o.replicas[i].behaviour
		instances[at] = discovery.Instance{ID: strconv.Itoa(i), Weight: b.weight, Zone: strconv.Itoa(b.zone)}
	}
	o.balancer.Update(instances)
}

func (o *ours) pick(work int, tried []int) (int, func(bool)) {
	o.follow()
	avoid := make([]string, len(tried))
	for at, i := range tried {
		avoid[at] = strconv.Itoa(i)
	}
	lease, err := o.balancer.Pick(work, avoid...)
	if err != nil {
		return none, nothing
	}
	chosen, _ := strconv.Atoi(lease.Instance().ID)
	return chosen, func(ok bool) {
		o.follow()
		outcome := balancer.Outcome{Result: resultOf(ok)}
		if o.told && ok {
			outcome.Load = o.replicas[chosen].utilisation()
		}
		lease.Done(outcome)
	}
}

func resultOf(ok bool) balancer.Result {
	if ok {
		return balancer.Success
	}
	return balancer.Failure
}
