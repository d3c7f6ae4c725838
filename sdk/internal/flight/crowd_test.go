package flight

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"ms2.internal/lb/sdk/internal/cache"
)

// crowdSize is how many checks of one SID wait at once.
const crowdSize = 40_000

// crowd is a batch of one flight that many wait for, which ends when its release is closed.
type crowd struct {
	batcher *Batcher
	batch   *batch
	waiters []*Waiter
	release chan struct{}
	held    time.Duration // the lock, at most, while the batch ended
}

// newCrowd joins so many waiters to a flight; landing is called before they are woken.
func newCrowd(tb testing.TB, size int, landing func(*Batcher)) *crowd {
	tb.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	tb.Cleanup(cancel)
	c := &crowd{batcher: New(Options{Context: ctx, InFlight: 8, BatchMax: 500, QueueMax: size}, nil, nil), release: make(chan struct{})}
	b := c.batcher
	b.mu.Lock()
	defer b.mu.Unlock()
	f := &flight{sid: "crowded", began: time.Now()}
	c.batch = &batch{batcher: b, trip: &trip{parts: 1}, flights: []*flight{f}}
	c.batch.ctx, c.batch.cancel = context.WithCancel(ctx)
	c.batch.sentLocked()
	b.dispatcher.busy++
	b.live[f.sid] = f
	b.running.Add(1)
	c.batch.fly = func() (any, error) {
		defer b.running.Done()
		<-c.release
		start := time.Now()
		c.batch.Settle([]*cache.Entry{{Valid: true, Asked: start}})
		end := c.batch.end(nil)
		c.held = time.Since(start)
		landing(b)
		return end, nil
	}
	q := &Question{SID: f.sid, Began: f.began, Deadline: f.began.Add(time.Hour)}
	for range size {
		w := b.waitLocked(f, q)
		w.share()
		c.waiters = append(c.waiters, w)
	}
	return c
}

// wait has every waiter wait on a goroutine of its own, and returns a wait for all of them.
func (c *crowd) wait(tb testing.TB) *sync.WaitGroup {
	var group sync.WaitGroup
	for _, w := range c.waiters {
		group.Go(func() {
			if got := w.Wait(context.Background()); got != Landed {
				tb.Errorf("got event %d", got)
			}
			w.Release()
		})
	}
	return &group
}

func TestACrowdLandsWithoutTheLockThatJoiningNeeds(t *testing.T) {
	c := newCrowd(t, crowdSize, func(b *Batcher) { b.mu.Lock() })
	landed := c.wait(t)
	close(c.release)
	landed.Wait() // all of them, while the lock is held
	c.batcher.mu.Unlock()
	if err := c.batcher.Wait(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestLeavingTouchesNobodyButTheNeighbours(t *testing.T) {
	c := newCrowd(t, 5, func(*Batcher) {})
	w := c.waiters
	next, prior := w[0].next, w[4].prior
	w[0].next, w[4].prior = nil, nil // who walks the list from either end gets no further
	w[2].Leave(false)
	if w[1].next != w[3] || w[3].prior != w[1] {
		t.Error("its neighbours are not each other's")
	}
	w[0].next, w[4].prior = next, prior
	for _, i := range []int{0, 4, 1, 3} {
		w[i].Leave(false)
	}
	if d := &c.batch.trip.deadlines; d.first != nil || d.last != nil {
		t.Error("somebody is left")
	}
	close(c.release)
}

// Who lands without the lock leaves its links as they are; they must not be used any more, since the waiter may be.
func TestWhoLeavesABatchThatHasEndedTouchesNobody(t *testing.T) {
	c := newCrowd(t, 3, func(*Batcher) {})
	close(c.release)
	for _, i := range []int{0, 2} {
		if got := c.waiters[i].Wait(context.Background()); got != Landed {
			t.Fatalf("event %d", got)
		}
		c.waiters[i].prior, c.waiters[i].next = nil, nil // as Release does
	}
	if landed, _, _ := c.waiters[1].Leave(false); !landed || c.waiters[0].next != nil || c.waiters[2].prior != nil {
		t.Errorf("landed %v; its neighbours of before are linked", landed)
	}
}

func TestWhoComesTakesTheChannelOfOneWhoLeft(t *testing.T) {
	c := newCrowd(t, 5, func(*Batcher) {})
	left := c.waiters[:3]
	var channels []any
	for _, w := range left {
		channels = append(channels, w.result)
		w.Leave(false)
		w.Release()
	}
	for range 3 {
		w, _, err := c.batcher.Join(&Question{SID: "crowded", Deadline: time.Now().Add(time.Hour)})
		if err != nil || !slices.Contains(channels, any(w.result)) {
			t.Errorf("a further channel: %v", err)
		}
		c.waiters = append(c.waiters[1:], w)
	}
	landed := c.wait(t)
	close(c.release)
	landed.Wait()
}

// BenchmarkLanding reports for how long the lock that joining needs is held, in all, while the checks of one SID land.
func BenchmarkLanding(b *testing.B) {
	for _, size := range []int{1, crowdSize} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			var held []time.Duration
			for range b.N {
				c := newCrowd(b, size, func(*Batcher) {})
				landed := c.wait(b)
				close(c.release)
				landed.Wait()
				held = append(held, c.held)
			}
			slices.Sort(held)
			b.ReportMetric(held[len(held)/2].Seconds()*1e6, "µs/locked")
			b.ReportMetric(0, "ns/op")
		})
	}
}
