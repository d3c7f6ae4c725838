package consul_test

import (
	"runtime"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// An idle watch of 500 instances over a minute: one query that waits, one or two probes. The fake agent's cost is in it.
func TestIdleWatchCostsNextToNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.set(10, replicas(500)...)
		w := watch(t, newSource(t, f))
		pass(time.Second)
		told, before, cpu := len(w.snapshots()), heap(), cpuTime(t)
		pass(time.Minute)
		after := heap()
		allocations, bytes, used := after.Mallocs-before.Mallocs, after.TotalAlloc-before.TotalAlloc, cpuTime(t)-cpu
		t.Logf("60 s idle, 500 instances: %v of CPU, %d allocations, %d KiB, %d snapshots told, %d queries and %d probes; %d sets told",
			used, allocations, bytes>>10, len(w.snapshots())-told, len(f.asked())-2, f.probed(), w.sets())
		if w.sets() != 1 || bytes > 32<<20 || f.probed() > 3 {
			t.Error("an idle watch must cost little and change nothing")
		}
	})
}

func heap() (m runtime.MemStats) { runtime.ReadMemStats(&m); return m }

// cpuTime is what this process used so far.
func cpuTime(t *testing.T) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
