package sdk_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// sizes are how many checks each request carried.
func (r *replica) sizes() []int {
	var sizes []int
	for _, a := range r.requests() {
		sizes = append(sizes, len(a.items))
	}
	return sizes
}

// narrow allows one batch at a time.
func narrow(cfg *sdk.Config) { cfg.BatchInflight = 1 }

// begin starts n checks of different SIDs and returns a wait for their verdicts.
func begin(t *testing.T, c *sdk.Client, n int, name string) (wait func()) {
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { expect(t, c, fmt.Sprintf("%s:%d", name, i), true, sdk.Fresh) })
	}
	synctest.Wait()
	return group.Wait
}

func TestALoneCheckIsSentAtOnceAndAlone(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		c, start := f.client(), time.Now()
		for i := range 5 {
			expect(t, c, fmt.Sprint(i), true, sdk.Fresh)
		}
		took(t, start, 0)
		if got := f.replicas["a"].sizes(); !slices.Equal(got, []int{1, 1, 1, 1, 1}) {
			t.Errorf("requests of %v", got)
		}
	}, "a")
}

func TestChecksGatherWhileTheLineIsBusy(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(100*time.Millisecond, results("valid", 60, 0, 0)))
		c := f.client(func(cfg *sdk.Config) { cfg.BatchInflight = 3 })
		var waits []func()
		for i := range 3 {
			waits = append(waits, begin(t, c, 1, fmt.Sprint("first", i)))
		}
		<-time.After(50 * time.Millisecond)
		waits = append(waits, begin(t, c, 40, "then"))
		for _, wait := range waits {
			wait()
		}
		if got := f.replicas["a"].sizes(); !slices.Equal(got, []int{1, 1, 1, 40}) {
			t.Errorf("requests of %v", got)
		}
		if at := f.replicas["a"].requests()[3].at; at != 100*time.Millisecond {
			t.Errorf("sent at %v, want as soon as one returned", at)
		}
	}, "a")
}

func TestABatchHoldsAtMostSoMany(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(100*time.Millisecond, results("valid", 60, 0, 0)))
		c := f.client(narrow, func(cfg *sdk.Config) { cfg.BatchMax = 10 })
		first := begin(t, c, 1, "first")
		begin(t, c, 25, "then")()
		first()
		if got := f.replicas["a"].sizes(); !slices.Equal(got, []int{1, 10, 10, 5}) {
			t.Errorf("requests of %v", got)
		}
	}, "a")
}

// Each byte of these SIDs and versions needs an escape.
func TestABatchStaysWithinTheWiresLimit(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(100*time.Millisecond, versioned("valid", strings.Repeat("\x01", protocol.MaxLabelBytes), 1, 0, 0)))
		c := f.client(narrow, func(cfg *sdk.Config) { cfg.BatchMax = protocol.MaxItems })
		checks := make([]sdk.Check, protocol.MaxItems)
		for i := range checks {
			checks[i].SID = strings.Repeat(`"`, protocol.MaxSIDBytes-4) + fmt.Sprintf("%04d", i)
		}
		for range 2 {
			first := begin(t, c, 1, "first") // the others gather behind it
			if _, err := c.ValidateAll(t.Context(), checks); err != nil {
				t.Fatal(err)
			}
			first()
			<-time.After(time.Second)
		}
		asked := f.replicas["a"].requests()
		for _, a := range asked {
			if len(protocol.AppendRequest(nil, a.items)) > protocol.MaxRequestBytes {
				t.Errorf("a request of %d items is too large", len(a.items))
			}
		}
		if last := asked[len(asked)-1].items[0]; last.Version == "" || len(asked) != 2+3 { // the first, all; the first, what fits, the rest
			t.Errorf("%d requests; the last holds no version", len(asked))
		}
	}, "a")
}

func TestTooManyWaitingChecksAreRefused(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(100*time.Millisecond, results("valid", 60, 0, 0)))
		c := f.client(narrow, func(cfg *sdk.Config) { cfg.QueueMax = 5 })
		wait := []func(){begin(t, c, 1, "first"), begin(t, c, 5, "then")}
		start := time.Now()
		refuses(t, c, "late", sdk.ErrOverloaded)
		took(t, start, 0)
		wait = append(wait, begin(t, c, 3, "then")) // they share
		for _, w := range wait {
			w()
		}
		expect(t, c, "late", true, sdk.Fresh)
	}, "a")
}

func TestChecksThatLeaveTheQueueMakeRoom(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(400*time.Millisecond, results("valid", 60, 0, 0)))
		c := f.client(narrow, func(cfg *sdk.Config) { cfg.QueueMax = 5 })
		wait := begin(t, c, 1, "first")
		for i := range 300 {
			leaving(t, c, fmt.Sprint(i), time.Millisecond)
		}
		begin(t, c, 5, "then")()
		wait()
		if got := f.replicas["a"].sizes(); !slices.Equal(got, []int{1, 5}) {
			t.Errorf("requests of %v", got)
		}
	}, "a")
}

func TestOneOfABatchLeavesAndTheBatchGoesOn(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(200*time.Millisecond, results("valid", 60, 0, 0)))
		c := f.client(narrow)
		first := begin(t, c, 1, "first")
		var group sync.WaitGroup
		group.Go(begin(t, c, 3, "stay"))
		group.Go(func() { leaving(t, c, "leave", 250*time.Millisecond) })
		group.Wait()
		first()
		if got := f.replicas["a"].sizes(); !slices.Equal(got, []int{1, 4}) {
			t.Errorf("requests of %v", got)
		}
	}, "a")
}

func TestWhoLeavesBeforeTheBatchIsNotSent(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(200*time.Millisecond, results("valid", 60, 0, 0)))
		c := f.client(narrow)
		first, stay := begin(t, c, 1, "first"), begin(t, c, 2, "stay")
		leaving(t, c, "leave", 50*time.Millisecond)
		first()
		stay()
		if got := f.replicas["a"].sizes(); !slices.Equal(got, []int{1, 2}) {
			t.Errorf("requests of %v", got)
		}
	}, "a")
}
