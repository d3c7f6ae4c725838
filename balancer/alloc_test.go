package balancer_test

import (
	"testing"

	"ms2.internal/lb/balancer"
)

func TestAPickAllocatesNothing(t *testing.T) {
	for _, o := range []balancer.Options{{}, {Failures: -1}} {
		b := balancer.New(o)
		b.Update(replicas(1, 2, 3, 4))
		allocations := testing.AllocsPerRun(1000, func() {
			first, err := b.Pick(3)
			if err != nil {
				t.Fatal(err)
			}
			second, err := b.Pick(3, first.Instance().ID)
			if err != nil {
				t.Fatal(err)
			}
			first.Done(succeed)
			second.Done(succeed)
		})
		if allocations != 0 {
			t.Errorf("with Failures %d two picks, one of them with a replica to avoid, allocate %v times, want 0", o.Failures, allocations)
		}
	}
}
