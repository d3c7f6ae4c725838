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

func TestAPickAndItsAnswerTouchOneCacheLineOfAReplica(t *testing.T) {
	b := balancer.New(balancer.Options{})
	b.Update(replicas(equal(100)...))
	starts, reach := b.HotLine()
	for _, start := range starts {
		if start != 0 || reach > 64 {
			t.Fatalf("a replica begins %d bytes into a cache line, and %d of its bytes are touched, want 0 and at most 64", start, reach)
		}
	}
}
