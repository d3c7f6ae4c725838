package consul

import (
	"context"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v4"
)

const (
	queryGap     = 100 * time.Millisecond // between queries in the long run
	queryBurst   = 5                      // queries that may come without a gap
	pollInterval = time.Second            // between queries to an agent that cannot block
	shortWait    = 800 * time.Millisecond // how long a query waits after an answer that was odd: with a pause before it below 2 s
)

// throttle is a token bucket kept as one instant, the generic cell rate algorithm: earliest is when a query would be due
// if all had come at the even pace, and a query may be up to queryBurst-1 gaps early. All that asks one agent shares it.
type throttle struct {
	mu       sync.Mutex
	earliest time.Time
}

// reserve takes a token at now and returns how long to wait for it.
func (t *throttle) reserve(now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.earliest.Before(now) {
		t.earliest = now
	}
	wait := t.earliest.Sub(now) - (queryBurst-1)*queryGap
	t.earliest = t.earliest.Add(queryGap)
	return max(wait, 0)
}

// newBackoff spaces out queries that fail: 250 ms at first, growing by half, and never above 1.5 s, jitter included, so
// that a healed agent is found within 2 s.
func newBackoff() *backoff.ExponentialBackOff {
	return backoff.NewExponentialBackOff(
		backoff.WithInitialInterval(250*time.Millisecond),
		backoff.WithMultiplier(1.5),
		backoff.WithRandomizationFactor(0.5),
		backoff.WithMaxInterval(time.Second),
		backoff.WithMaxElapsedTime(0),
	)
}

// pause waits for d or for the end of ctx.
func pause(ctx context.Context, d time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-ctx.Done()
}
