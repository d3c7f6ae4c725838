package sdk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v4"
)

var (
	errAttempts = errors.New("no attempt is left (MS2_ATTEMPTS)")
	errBudget   = errors.New("the budget for extra requests is used up (MS2_RETRY_BUDGET)")
)

// nextPause is the pause before a replica is asked again: exponential, ± 50 %. Most batches have none, so what counts them is
// made at the first. A part of a batch goes on where the whole was.
func (c *Client) nextPause(b *batch) time.Duration {
	if b.pauses == nil {
		b.pauses = backoff.NewExponentialBackOff(
			backoff.WithInitialInterval(c.config.RetryBackoff),
			backoff.WithMaxInterval(max(time.Second, c.config.RetryBackoff)),
			backoff.WithMultiplier(2),
			backoff.WithRandomizationFactor(0.5),
			backoff.WithMaxElapsedTime(0), // the callers' deadlines bound it
		)
		for range b.paused {
			b.pauses.NextBackOff()
		}
	}
	b.paused++
	return b.pauses.NextBackOff()
}

// prepareRetry waits until the batch may be sent again, or says why it may not: attempts, budget or time are used up. A
// replica that it was not sent to yet is asked at once; a pause comes before one is asked again.
func (c *Client) prepareRetry(b *batch) error {
	last := b.last.Load()
	giveUp := func(why error) error { return b.failure(fmt.Errorf("%w; %w", last.Err, why)) }
	var pause time.Duration
	if !c.balancer.Untried(b.tried...) && !c.poisoned(b) {
		pause = c.nextPause(b)
	}
	switch {
	case b.failures >= c.attemptsOf(b):
		return giveUp(errAttempts)
	case pause >= c.collector.remaining(b):
		return giveUp(fmt.Errorf("a pause of %v before the next attempt would outlast the deadline: %w", pause.Round(time.Millisecond), context.DeadlineExceeded))
	case !c.budget.take(1):
		return giveUp(errBudget)
	}
	if pause > 0 && !c.wait(b, pause, nil) {
		return giveUp(c.closedOr(context.Cause(b.ctx)))
	}
	return nil
}
