package sdk_test

import (
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk"
)

// The statistics are read by several at once in all that a client may be in. This runs in real time, so that the reads meet the writes.

// readers read a client's statistics again and again.
type readers struct {
	testing.TB
	client *sdk.Client
	reads  atomic.Int64
	group  sync.WaitGroup
	done   chan struct{}
}

func read(t testing.TB, c *sdk.Client, n int) *readers {
	r := &readers{TB: t, client: c, done: make(chan struct{})}
	for range n {
		r.group.Go(r.loop)
	}
	return r
}

func (r *readers) loop() {
	var before sdk.Stats
	for {
		select {
		case <-r.done:
			return
		case <-time.After(time.Millisecond):
		}
		began := time.Now()
		s := r.client.Stats()
		if d := time.Since(began); d > statsGuard {
			r.Errorf("a read took %v", d)
		}
		wantWhole(r, s)
		wantNoLess(r, before, s)
		before = s
		r.reads.Add(1)
	}
}

// statsGuard is how long a read takes at most that waits for nobody, on a machine that is busy.
const statsGuard = 2 * time.Second

// meet waits until the readers have read in the state of the moment.
func (r *readers) meet(state string) {
	r.Helper()
	want := r.reads.Load() + 10
	r.until(state, func(sdk.Stats) bool { return r.reads.Load() >= want })
}

// until waits until something is so.
func (r *readers) until(state string, so func(sdk.Stats) bool) {
	r.Helper()
	for end := time.Now().Add(20 * time.Second); !so(r.client.Stats()); <-time.After(time.Millisecond) {
		if time.Now().After(end) {
			r.Fatalf("%s: never, after %d reads", state, r.reads.Load())
		}
	}
}

func TestStatsAreWholeWheneverTheyAreRead(t *testing.T) {
	f, source := newFleet(t, "a", "b", "c"), newTeller()
	healed := make(chan struct{})
	c, err := sdk.New(sdk.Config{CacheEntries: 100}, sdk.WithSource(source), f.wrapped(), sdk.WithLogger(slog.New(handler(func() { <-healed }))))
	if err != nil {
		t.Fatal(err)
	}
	r := read(t, c, 3)
	defer r.group.Wait()
	defer close(r.done)
	r.meet("before the first snapshot")
	update := <-source.update
	update(discovery.Snapshot{Instances: instances("a", "b", "c"), At: time.Now()})
	r.meet("at rest")
	stop := f.load(t, c)
	f.replicas["b"].answer(everyOther(status(500), results("valid", 1, 0, 0)))
	r.meet("under load")
	f.allDown(true)
	r.until("in an outage", func(s sdk.Stats) bool { return s.Checks.FailedBy.CircuitOpen > 0 })
	f.allDown(false)
	for i := range 500 {
		update(discovery.Snapshot{Instances: swapped(i), At: time.Now()})
	}
	r.meet("through swaps")
	stop()
	wantSettled(t, c)
	close(healed)
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	r.until("after Close", func(s sdk.Stats) bool { return s.Closed && !s.Ready })
}
