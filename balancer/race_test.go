package balancer_test

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/discovery"
)

const pickers = 64

func TestManyPickersBesideAChurningSetKeepTheAccountsRight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := balancer.New(balancer.Options{
			Failures: 2, Open: 50 * time.Millisecond, ProbeTimeout: 100 * time.Millisecond, OnChange: func(balancer.Change) {},
		})
		all := replicas(1, 1, 4, 0, 2, 1, 1, 1)
		b.Update(all)
		var group sync.WaitGroup
		for range pickers {
			group.Go(func() { pickAndFinish(b, 400) })
		}
		group.Go(func() {
			for range 400 {
				sleep(5 * time.Millisecond)
				// The first four stay, so that their accounts can be checked; the others come and go.
				b.Update(append(all[:4:4], some(all[4:])...))
				b.Stats()
			}
		})
		group.Wait()
		for _, s := range b.Stats() {
			if s.InFlight != 0 || s.Picks != s.Successes+s.Failures+s.Refused+s.Shed+s.Ignored {
				t.Errorf("at rest: %+v", s)
			}
		}
	})
}

func some(all []discovery.Instance) (kept []discovery.Instance) {
	for _, instance := range all {
		if rand.IntN(2) == 0 {
			kept = append(kept, instance)
		}
	}
	return kept
}

func pickAndFinish(b *balancer.Balancer, requests int) {
	for range requests {
		lease, err := b.Pick(1+rand.IntN(50), "B", "gone")
		if err != nil {
			sleep(time.Millisecond)
			continue
		}
		sleep(time.Duration(rand.IntN(5000)) * time.Microsecond)
		if rand.IntN(50) == 0 {
			lease.Cancel()
			continue
		}
		lease.Done(balancer.Outcome{
			Result:   balancer.Result(rand.IntN(5)),
			Missing:  max(0, rand.Float64()-0.8),
			Draining: rand.IntN(100) == 0,
			Rest:     time.Duration(rand.IntN(20)) * time.Millisecond,
		})
	}
}

func TestAPickThatBeginsAfterAnUpdateYieldsNoRemovedReplica(t *testing.T) {
	b := balancer.New(balancer.Options{})
	generation := func(n int64) []discovery.Instance {
		return []discovery.Instance{{ID: "A", Weight: int(n)}, {ID: "B", Weight: int(n)}}
	}
	b.Update(generation(1))
	var current atomic.Int64
	current.Store(1)
	var group sync.WaitGroup
	for range pickers {
		group.Go(func() {
			for range 500 {
				atLeast := int(current.Load())
				lease, err := b.Pick(1)
				if err != nil {
					t.Error(err)
					return
				}
				if got := lease.Instance().Weight; got < atLeast {
					t.Errorf("picked from set %d after the update to set %d", got, atLeast)
				}
				lease.Done(succeed)
			}
		})
	}
	for n := int64(2); n < 200; n++ {
		b.Update(generation(n))
		current.Store(n)
	}
	group.Wait()
}

func TestExactlyOneOfManyConcurrentPicksProbes(t *testing.T) {
	for range 200 {
		synctest.Test(t, func(t *testing.T) {
			b := balancer.New(balancer.Options{Failures: 1, WarmUp: -1})
			b.Update(replicas(1, 1))
			for probes := 0; probes < 3; probes++ {
				breakA(b)
				sleep(2*time.Second + 1)
				if n := probesOf(t, b); n != 1 {
					t.Errorf("%d of %d picks probed, want one", n, pickers)
				}
				sleep(time.Second)
			}
		})
	}
}

func breakA(b *balancer.Balancer) {
	lease, err := b.Pick(1, "B")
	if err == nil {
		lease.Done(fail)
	}
}

// probesOf has all pickers pick at once beside updates of the set, and reports how many of them probed.
func probesOf(t *testing.T, b *balancer.Balancer) int64 {
	var probes atomic.Int64
	var group sync.WaitGroup
	for range pickers {
		group.Go(func() {
			lease, err := b.Pick(1)
			if err != nil {
				t.Errorf("refused beside a healthy replica: %v", err)
				return
			}
			if lease.Probe() {
				probes.Add(1)
			} else if id := lease.Instance().ID; id != "B" && probes.Load() == 0 {
				t.Errorf("picked %s, which is broken, without a probe", id)
			}
			sleep(time.Millisecond)
			lease.Done(succeed)
		})
	}
	group.Go(func() { b.Update(replicas(1, 1)) })
	group.Wait()
	for _, s := range b.Stats() {
		if s.InFlight != 0 || s.State != balancer.Ready {
			t.Errorf("afterwards: %+v", s)
		}
	}
	return probes.Load()
}
