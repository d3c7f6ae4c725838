package sdk_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
)

// One who has little time is answered before anything failed. Others who wait for the same flight are answered when it fails.
func TestAnEarlyStaleAnswerDoesNotKeepTheFirstFailureFromOthers(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		c := expired(t, f, "")
		f.all(after(100*time.Millisecond, status(500)))
		start, done := time.Now(), make(chan time.Duration)
		go func() {
			expect(t, c, "a", true, sdk.Stale)
			done <- time.Since(start)
		}()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if v, err := c.Validate(ctx, "a"); err != nil || v.Origin != sdk.Stale {
			t.Errorf("got %+v, %v", v, err)
		}
		if got := <-done; got != 100*time.Millisecond {
			t.Errorf("answered after %v, and the attempt failed after 100ms", got)
		}
	}, "a")
}
