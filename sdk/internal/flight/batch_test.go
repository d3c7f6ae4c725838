package flight

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/sdk/internal/cache"
)

// busy is a batcher whose only place is taken, so that everything gathers.
func busy(t *testing.T, c *cache.Cache) *Batcher {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	b := New(Options{Context: ctx, InFlight: 1, BatchMax: 500, QueueMax: 1 << 20}, c, nil)
	b.dispatcher.busy = 1
	t.Cleanup(func() {
		b.Close()
		cancel()
		if err := b.Wait(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return b
}

// Invalidate takes the version from a flight that gathers, and so from what its leaving gives back of the batch's size.
func TestTheSizeOfABatchIsThatOfItsFlights(t *testing.T) {
	c, _ := cache.New(10_000)
	b := busy(t, c)
	stays, _, _ := b.Join(&Question{SID: "stays", Deadline: time.Now().Add(time.Hour)})
	n := stays.flight.batch
	for i := range 100 {
		sid := fmt.Sprint("x:", i)
		c.Put(sid, &cache.Entry{Valid: true, Version: strings.Repeat("v", 128), Asked: time.Now(), IfError: time.Hour})
		w, _, _ := b.Join(&Question{SID: sid, Deadline: time.Now().Add(time.Hour)})
		b.Invalidate([]string{sid})
		w.Leave(false)
		w.Release()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if want := len(`{"items":[]}`) + stays.flight.wireSize(); n.size != want {
		t.Errorf("a batch of one flight has size %d, want %d", n.size, want)
	}
}

// The batch ends between a join and the sharing of its call.
func TestWhoSharesABatchThatHasEndedIsToldItsEnd(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	b := New(Options{Context: ctx, InFlight: 1, BatchMax: 500, QueueMax: 10}, nil, nil) // no carrier: every batch faults
	for range 100 {
		q := &Question{SID: "x", Began: time.Now(), Deadline: time.Now().Add(5 * time.Second)}
		first, _, _ := b.join(q)
		second, _, _ := b.join(q)
		second.share()
		for _, w := range []*Waiter{second, first} {
			w.share()
			if e := w.Wait(ctx); e != Landed {
				t.Errorf("event %d", e)
			}
			if _, _, err := w.Result(); err == nil {
				t.Error("no error")
			}
			w.Release()
		}
	}
	b.Close()
	cancel()
	if err := b.Wait(context.Background()); err != nil {
		t.Error(err)
	}
}

// A core is left to others: of a limit of six, four large calls together have three.
func TestLargeCallsHaveAtMostHalfOfThePlaces(t *testing.T) {
	b := busy(t, nil)
	b.options.BatchMax, b.dispatcher.limit, b.dispatcher.busy = 1, newLimit(6), 3
	for range 4 {
		defer b.LargeCall()()
	}
	var waiters []*Waiter
	b.mu.Lock() // until the places were counted: without a carrier a batch ends at once
	for i := range 4 {
		q := &Question{SID: fmt.Sprint(i), Large: true, Deadline: time.Now().Add(time.Hour)}
		waiters = append(waiters, b.waitLocked(b.takeOffLocked(q), q))
	}
	b.dispatchLocked()
	if got := b.dispatcher.largeBusy; got != 3 {
		t.Errorf("%d places", got)
	}
	b.mu.Unlock()
	for _, w := range waiters {
		w.share()
		w.Leave(false)
	}
}

func TestALargeCallCountsUntilItEnds(t *testing.T) {
	b := busy(t, nil)
	end, other := b.LargeCall(), b.LargeCall()
	end()
	if got := b.dispatcher.largeCalls; got != 1 {
		t.Errorf("%d large calls", got)
	}
	other()
}
