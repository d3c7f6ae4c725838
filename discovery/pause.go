package discovery

import (
	"context"
	"math/rand/v2"
	"time"
)

// pause waits for d or for the end of ctx.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// jittered is 80 to 100 % of d, so that a fleet of clients does not ask in step.
func jittered(d time.Duration) time.Duration { return d - rand.N(d/5) }
