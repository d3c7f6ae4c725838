package discovery

import (
	"context"
	"math/rand/v2"
	"time"
)

// pause waits for d or for the end of ctx.
func pause(ctx context.Context, d time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-ctx.Done()
}

// poll calls round until ctx ends, and rests after each for as long as it says.
func poll(ctx context.Context, round func(context.Context) time.Duration) error {
	for ctx.Err() == nil {
		pause(ctx, round(ctx))
	}
	return ctx.Err()
}

// jittered is 80 to 100 % of d, so that a fleet of clients does not ask in step.
func jittered(d time.Duration) time.Duration { return d - rand.N(d/5) }
