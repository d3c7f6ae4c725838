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

// newPauses makes the pauses of one batch: exponential, ± 50 %.
func (c *Client) newPauses() backoff.BackOff {
	return &lazyBackOff{first: c.config.RetryBackoff}
}

// lazyBackOff is made at the first failure, since most batches have none.
type lazyBackOff struct {
	first time.Duration
	inner backoff.BackOff
}

// NextBackOff is the next pause.
func (l *lazyBackOff) NextBackOff() time.Duration {
	if l.inner == nil {
		l.Reset()
	}
	return l.inner.NextBackOff()
}

// Reset begins again with the first pause.
func (l *lazyBackOff) Reset() {
	l.inner = backoff.NewExponentialBackOff(
		backoff.WithInitialInterval(l.first),
		backoff.WithMaxInterval(max(time.Second, l.first)),
		backoff.WithMultiplier(2),
		backoff.WithRandomizationFactor(0.5),
		backoff.WithMaxElapsedTime(0), // the callers' deadlines bound it
	)
}

// prepareRetry waits until the batch may be sent again, or says why it may not: attempts, budget or time are used up. A
// replica that it was not sent to yet is asked at once; a pause comes before one is asked again.
func (c *Client) prepareRetry(b *batch, pauses backoff.BackOff) error {
	last := b.last.Load()
	giveUp := func(why error) error { return b.failure(fmt.Errorf("%w; %w", last.Err, why)) }
	var pause time.Duration
	if !c.balancer.Untried(b.tried...) {
		pause = pauses.NextBackOff()
	}
	switch {
	case b.failures >= c.config.Attempts:
		return giveUp(errAttempts)
	case pause >= c.collector.remaining(b):
		return giveUp(fmt.Errorf("a pause of %v before the next attempt would outlast the deadline: %w", pause.Round(time.Millisecond), context.DeadlineExceeded))
	case !c.budget.take():
		return giveUp(errBudget)
	}
	if pause > 0 && !c.wait(b, pause, nil) {
		return giveUp(c.closedOr(context.Cause(b.ctx)))
	}
	return nil
}
