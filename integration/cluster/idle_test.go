package cluster_test

import (
	"flag"
	"runtime"
	"syscall"
	"testing"
	"time"

	"ms2.internal/lb/discovery/consul"
	"ms2.internal/lb/integration/consulagent"
	"ms2.internal/lb/integration/consulagent/agenttest"
)

var idleFlag = flag.Duration("idle", 5*time.Second, "for how long TestAnIdleWatchCostsNextToNothing measures")

// What a watch of 500 instances costs its process while nothing changes. The full measurement, without the race
// detector's weight, takes a minute:
//
//	go -C integration test ./cluster -run TestAnIdleWatchCostsNextToNothing -v -idle 60s
//
// It is printed and not judged: what a test's process does beside it is in the figures.
func TestAnIdleWatchCostsNextToNothing(t *testing.T) {
	agent := agenttest.Start(t, consulagent.Options{})
	f := newFleet(t, registry(t, agent))
	f.fill(manyInstances)
	w := &world{t: t, client: newClient(t, fromConsul(t, agent, consul.Config{}))}
	w.eventually("its instances are known", f.isIn)
	runtime.GC()

	before := usageNow(t)
	time.Sleep(*idleFlag)
	after := usageNow(t)
	t.Logf("%s of an idle watch of %d instances: %v of CPU, %d allocations of %d bytes in all, %d changes of the set",
		*idleFlag, manyInstances, after.cpu-before.cpu, after.mallocs-before.mallocs, after.bytes-before.bytes,
		w.client.Stats().Discovery.Changes-1)
	w.expect("the set is as it was", f.isIn)
}

// usage is what this process used since it began.
type usage struct {
	cpu            time.Duration
	mallocs, bytes uint64
}

func usageNow(t *testing.T) usage {
	t.Helper()
	var own syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &own); err != nil {
		t.Fatal(err)
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	cpu := time.Duration(own.Utime.Nano() + own.Stime.Nano())
	return usage{cpu: cpu, mallocs: memory.Mallocs, bytes: memory.TotalAlloc}
}
