package delivery

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestForwardsAreWaitedForAndNoneBeginsAnyMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f forwards
		gives(t, f.begin(), true)
		gives(t, f.begin(), true)
		f.end()
		time.AfterFunc(time.Second, f.end)
		start := time.Now()
		if err := f.wait(t.Context()); err != nil || time.Since(start) != time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		gives(t, f.begin(), false)
	})
}

func TestAForwardThatDoesNotEndIsNotWaitedForForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &Carrier{}
		c.forwards.begin()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := c.Wait(ctx); err == nil {
			t.Error("no error")
		}
	})
}
