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
}

func newOurs(s *simulation, seed uint64) policy {
	return &ours{
		simulation: s,
		balancer:   balancer.New(balancer.Options{Rand: rand.NewPCG(seed, 2), Zone: s.scenario.zone(len(s.policies))}),
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
		r := o.replicas[i]
		instances[at] = discovery.Instance{ID: strconv.Itoa(i), Weight: r.behaviour.weight, Zone: r.zone()}
	}
	o.balancer.Update(instances)
}

func (o *ours) pick(work int, tried []int) (int, func(outcome)) {
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
	return chosen, func(to outcome) {
		o.follow()
		lease.Done(balancer.Outcome{Result: results[to]})
	}
}

var results = [...]balancer.Result{answered: balancer.Success, failed: balancer.Failure, refused: refusal}
