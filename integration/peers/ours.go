package main

import (
	"strconv"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/discovery"
)

// oursPicker is the balancer with its defaults, so with breakers.
type oursPicker struct {
	balancer     *balancer.Balancer
	failureEvery int // one outcome in that many is a failure; 0: none
}

// conditions are what makes it harder; none of them is the usual case.
type conditions struct {
	failureEvery int // one outcome in that many is a failure
	weights      int // the replicas weigh 1 to so much, in turn
	zones        int // the replicas are in so many, in turn, and the caller in the first
	broken       int // so many replicas have their breaker open, for as long as it runs
}

func openOurs(c conditions) func([]string) (picker, func(), error) {
	return func(replicas []string) (picker, func(), error) {
		p := &oursPicker{balancer.New(c.options()), c.failureEvery}
		p.balancer.Update(c.instances(replicas))
		return p, func() {}, c.breakSome(p.balancer, replicas)
	}
}

func (c conditions) options() (o balancer.Options) {
	if c.broken > 0 {
		o.Open = time.Hour
	}
	if c.zones > 0 {
		o.Zone = "0"
	}
	return o
}

func (c conditions) instances(replicas []string) []discovery.Instance {
	instances := make([]discovery.Instance, len(replicas))
	for i, addr := range replicas {
		instances[i] = discovery.Instance{ID: addr, Addr: addr, Weight: 1 + i%max(1, c.weights)}
		if c.zones > 0 {
			instances[i].Zone = strconv.Itoa(i % c.zones)
		}
	}
	return instances
}

// breakSome opens the breakers of the first replicas, by failures in a row.
func (c conditions) breakSome(b *balancer.Balancer, replicas []string) error {
	for i := range c.broken {
		others := append(append([]string{}, replicas[:i]...), replicas[i+1:]...)
		for b.Stats()[i].Breaker == "closed" {
			lease, err := b.Pick(1, others...)
			if err != nil {
				return err
			}
			lease.Done(balancer.Outcome{Result: balancer.Failure})
		}
	}
	return nil
}

func (p *oursPicker) run(decisions int, see func(string)) error {
	untilFailure := p.failureEvery
	for range decisions {
		lease, err := p.balancer.Pick(1)
		if err != nil {
			return err
		}
		if see != nil {
			see(lease.Instance().ID)
		}
		outcome := balancer.Outcome{Result: balancer.Success}
		if untilFailure--; untilFailure == 0 {
			outcome.Result, untilFailure = balancer.Failure, p.failureEvery
		}
		lease.Done(outcome)
	}
	return nil
}
