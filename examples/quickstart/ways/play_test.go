package ways

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// answeringOneByOne is a crowd whose orders each take so long, one after the other.
func answeringOneByOne(each time.Duration) *crowd {
	free := make(chan struct{}, 1)
	return &crowd{sleep: time.Sleep, post: func(context.Context, posting) (outcome, string) {
		free <- struct{}{}
		time.Sleep(each)
		<-free
		return right, ""
	}}
}

func TestAnOrderTakesFromWhenItWasDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		due := []time.Duration{0, 10 * time.Millisecond, 11 * time.Millisecond, time.Second}
		c := answeringOneByOne(30 * time.Millisecond)
		took := c.open(t.Context(), make([]posting, 4), due)
		want := []time.Duration{30 * time.Millisecond, 50 * time.Millisecond, 79 * time.Millisecond, 30 * time.Millisecond}
		if !slices.Equal(took, want) || c.counts[right].Load() != 4 {
			t.Errorf("took %v, want %v", took, want)
		}
	})
}

func TestNoOrderIsPostedOnceTheRunIsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Millisecond)
		defer cancel()
		c := answeringOneByOne(time.Millisecond)
		c.open(ctx, make([]posting, 3), []time.Duration{0, 10 * time.Millisecond, 20 * time.Millisecond})
		c.closed(ctx, make([]posting, 100))
		if got := c.counts[right].Load(); got != 2 {
			t.Errorf("%d were posted", got)
		}
	})
}

func TestAtSaturationEveryBrowserAlwaysHasAnOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int64
		c := &crowd{post: func(context.Context, posting) (outcome, string) {
			most.Store(max(most.Load(), now.Add(1)))
			time.Sleep(time.Second)
			now.Add(-1)
			return right, ""
		}}
		took := c.closed(t.Context(), make([]posting, 3*browsersAtOnce))
		if took != 3*time.Second || most.Load() != browsersAtOnce || c.counts[right].Load() != 3*browsersAtOnce {
			t.Errorf("took %v, at most %d at once", took, most.Load())
		}
	})
}

func TestOrdersArriveByChanceAtTheRate(t *testing.T) {
	t.Parallel()
	due := arrivals(10_000, 50, 1)
	if !slices.IsSorted(due) || due[9999] < 190*time.Second || due[9999] > 210*time.Second {
		t.Errorf("10,000 orders at 50 a second take %v", due[9999])
	}
	if !slices.Equal(due, arrivals(10_000, 50, 1)) {
		t.Error("the same seed drew others")
	}
}
