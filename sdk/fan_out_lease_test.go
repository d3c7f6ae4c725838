package sdk_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk"
)

// The first check of a batch that waits for the first replica leaves; the others go on one by one.
func TestAFanOutWhoseFirstCheckHasLeftGivesTheLeaseBack(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		source := newTeller()
		c := f.clientWith(sdk.Config{Protocol: "single"}, sdk.WithSource(source))
		ctx, cancel := context.WithCancel(t.Context())
		go c.ValidateAll(ctx, sdk.SIDs("first", "second", "third")) //nolint:errcheck // it leaves
		synctest.Wait()
		all := make(chan error)
		go func() {
			_, err := c.ValidateAll(t.Context(), sdk.SIDs("second", "third"))
			all <- err
		}()
		synctest.Wait()
		cancel()
		synctest.Wait()
		source.tell(discovery.Snapshot{Instances: instances("a")})
		if err := <-all; err != nil {
			t.Error(err)
		}
		<-time.After(time.Minute)
		if s := statsOf(c, "a"); s.InFlight != 0 {
			t.Errorf("%d in flight at a replica that is asked nothing", s.InFlight)
		}
	}, "a")
}
