package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/discovery"
)

// replicas is how many the balancer has.
const replicas = 10

// pick measures a pick and its outcome, a success, by one goroutine.
func pick(_ context.Context, t turns, s size, _ *rand.Rand) error {
	b := balancer.New(balancer.Options{})
	b.Update(instances(replicas))
	return t.take(func(out io.Writer) error {
		ns, err := perCall(s, func(calls int) error { return decide(b, calls) })
		if err == nil {
			fmt.Fprintf(out, "pick %g\n", ns)
		}
		return err
	})
}

func decide(b *balancer.Balancer, calls int) error {
	for range calls {
		lease, err := b.Pick(1)
		if err != nil {
			return err
		}
		lease.Done(balancer.Outcome{Result: balancer.Success})
	}
	return nil
}

func instances(n int) []discovery.Instance {
	all := make([]discovery.Instance, n)
	for i := range all {
		addr := fmt.Sprintf("192.0.2.%d:80", i+1)
		all[i] = discovery.Instance{ID: addr, Addr: addr, Weight: 1}
	}
	return all
}
