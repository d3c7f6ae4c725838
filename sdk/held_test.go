package sdk_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
)

// The queue is long, so that time runs short before the check is sent. It is offered what is held, which its caller does not accept; then
// that is forgotten.
func TestWhatIsHeldByACheckThatGathersMayBeForgottenAfterItWasOffered(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		c := expired(t, f, "", narrow)
		f.all(hang)
		go c.Validate(t.Context(), "first") //nolint:errcheck // it takes the one place
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		done := make(chan error)
		go func() {
			_, err := c.Validate(ctx, "a", sdk.MaxAge(time.Millisecond))
			done <- err
		}()
		<-time.After(95 * time.Millisecond)
		c.Invalidate("a")
		if err := <-done; err == nil {
			t.Error("answered with what was forgotten")
		}
	}, "a")
}
