package main

import (
	"ms2.internal/lb/balancer"
	"ms2.internal/lb/discovery"
)

// oursPicker is the balancer with its defaults, so with breakers.
type oursPicker struct {
	balancer     *balancer.Balancer
	failureEvery int // one outcome in that many is a failure; 0: none
}

func openOurs(failureEvery int) func([]string) (picker, func(), error) {
	return func(replicas []string) (picker, func(), error) {
		instances := make([]discovery.Instance, len(replicas))
		for i, addr := range replicas {
			instances[i] = discovery.Instance{ID: addr, Addr: addr, Weight: 1}
		}
		p := &oursPicker{balancer: balancer.New(balancer.Options{}), failureEvery: failureEvery}
		p.balancer.Update(instances)
		return p, func() {}, nil
	}
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
