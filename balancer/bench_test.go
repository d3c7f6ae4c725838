package balancer_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/discovery"
)

var sizes = []int{3, 10, 100, 1000}

// equal are n replicas of one weight, skewed are n of which each tenth weighs ten times as much.
func equal(n int) []int {
	weights := make([]int, n)
	for i := range weights {
		weights[i] = 1
	}
	return weights
}

func skewed(n int) []int {
	weights := equal(n)
	for i := 0; i < n; i += 10 {
		weights[i] = 10
	}
	return weights
}

func fleetOf(o balancer.Options, weights []int) *balancer.Balancer {
	b := balancer.New(o)
	b.Update(replicas(weights...))
	return b
}

// BenchmarkFloor is what a choice by latency and work in flight can't do without: two draws, two loads, two clock reads.
func BenchmarkFloor(b *testing.B) {
	epoch, loads := time.Now(), make([]atomic.Int64, 16)
	work := func() (sum int64) {
		start := time.Since(epoch)
		sum = loads[rand.Uint64()%16].Load() + loads[rand.Uint64()%16].Load()
		return sum + int64(time.Since(epoch)-start)
	}
	b.Run("serial", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			work()
		}
	})
	b.Run("parallel", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				work()
			}
		})
	})
}

// BenchmarkPick is a pick and its outcome: with breakers, without, and with one failure in 1000.
func BenchmarkPick(b *testing.B) {
	for _, n := range sizes {
		for _, c := range []struct {
			name     string
			failures int
			rate     uint32 // one outcome in that many is a failure; 0: none
		}{{"breaker=on", 0, 0}, {"breaker=off", -1, 0}, {"failing=0.1%", 0, 1000}} {
			bench(b, fmt.Sprintf("%d/%s", n, c.name), fleetOf(balancer.Options{Failures: c.failures}, equal(n)), c.rate)
		}
	}
}

// BenchmarkPickWeighted is the same with unequal weights.
func BenchmarkPickWeighted(b *testing.B) {
	for _, n := range sizes {
		bench(b, fmt.Sprint(n), fleetOf(balancer.Options{}, skewed(n)), 0)
	}
}

// BenchmarkPickOneBroken is the same while one replica's breaker is open.
func BenchmarkPickOneBroken(b *testing.B) {
	for _, n := range []int{10, 1000} {
		fleet := fleetOf(balancer.Options{Failures: 1, Open: time.Hour}, equal(n))
		pickAndDone(b, fleet, fail)
		bench(b, fmt.Sprint(n), fleet, 0)
	}
}

// BenchmarkPickRetry is a pick that avoids a replica.
func BenchmarkPickRetry(b *testing.B) {
	for _, n := range []int{3, 1000} {
		fleet := fleetOf(balancer.Options{}, equal(n))
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				lease, err := fleet.Pick(1, "A")
				if err != nil {
					b.Fatal(err)
				}
				lease.Done(succeed)
			}
		})
	}
}

// BenchmarkPickOneLeft is the worst case: all replicas but one are broken, so that most picks look at all.
func BenchmarkPickOneLeft(b *testing.B) {
	for _, n := range []int{10, 1000} {
		fleet := fleetOf(balancer.Options{Failures: 1, Open: time.Hour}, equal(n))
		for range n - 1 {
			pickAndDone(b, fleet, fail)
		}
		bench(b, fmt.Sprint(n), fleet, 0)
	}
}

// BenchmarkPickWhileTheSetChanges has a set of thousands replaced ten times a second beside the picks.
func BenchmarkPickWhileTheSetChanges(b *testing.B) {
	sets := [][]discovery.Instance{replicas(equal(5000)...), replicas(equal(4990)...)}
	for _, changing := range []bool{false, true} {
		fleet := fleetOf(balancer.Options{}, equal(5000))
		b.Run(fmt.Sprint("changing=", changing), func(b *testing.B) {
			done, changes := make(chan struct{}), time.NewTicker(100*time.Millisecond)
			var updates sync.WaitGroup
			updates.Go(func() {
				for i := 0; changing; i++ {
					select {
					case <-changes.C:
						fleet.Update(sets[i%2])
					case <-done:
						return
					}
				}
			})
			for b.Loop() {
				pickAndDone(b, fleet, succeed)
			}
			changes.Stop()
			close(done)
			updates.Wait()
		})
	}
}

// BenchmarkReview is what the one pick a second takes longer that compares all replicas.
func BenchmarkReview(b *testing.B) {
	for _, n := range []int{10, 1000} {
		fleet := fleetOf(balancer.Options{}, equal(n))
		for range 100 * n {
			pickAndDone(b, fleet, succeed)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				fleet.Review()
			}
		})
	}
}

// BenchmarkStats is what a look at 20 replicas takes: all well, and a third of them each out, at rest or leaving.
func BenchmarkStats(b *testing.B) {
	for _, ill := range []bool{false, true} {
		fleet := fleetOf(balancer.Options{Failures: 1, Open: time.Hour}, equal(20))
		for range 2000 {
			pickAndDone(b, fleet, succeed)
		}
		for _, o := range []balancer.Outcome{fail, shed(5 * time.Second), leaving} {
			for range 6 {
				if ill {
					pickAndDone(b, fleet, o)
				}
			}
		}
		b.Run(fmt.Sprint("ill=", ill), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				fleet.Stats()
			}
		})
	}
}

func bench(b *testing.B, name string, fleet *balancer.Balancer, failureEvery uint32) {
	b.Run(name+"/serial", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			pickAndDone(b, fleet, outcome(failureEvery))
		}
	})
	b.Run(name+"/parallel", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				pickAndDone(b, fleet, outcome(failureEvery))
			}
		})
	})
}

func outcome(failureEvery uint32) balancer.Outcome {
	if failureEvery != 0 && rand.Uint32N(failureEvery) == 0 {
		return fail
	}
	return succeed
}

func pickAndDone(b *testing.B, fleet *balancer.Balancer, o balancer.Outcome) {
	lease, err := fleet.Pick(1)
	if err != nil {
		b.Fatal(err)
	}
	lease.Done(o)
}

// BenchmarkPickZone is the same with half of the replicas in the zone that is preferred.
func BenchmarkPickZone(b *testing.B) {
	for _, n := range []int{10, 1000} {
		fleet, set := balancer.New(balancer.Options{Zone: "near"}), replicas(equal(n)...)
		for i := range set {
			set[i].Zone = []string{"near", "far"}[i%2]
		}
		fleet.Update(set)
		bench(b, fmt.Sprint(n), fleet, 0)
	}
}
