package delivery

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

// nextPause is the pause before a replica is asked again: exponential, ± 50 %. Most batches need none, so the backoff is made
// at the first. A part goes on where the whole batch was.
func (c *Carrier) nextPause(t *trail) time.Duration {
	if t.pauses == nil {
		t.pauses = backoff.NewExponentialBackOff(
			backoff.WithInitialInterval(c.options.Backoff),
			backoff.WithMaxInterval(max(time.Second, c.options.Backoff)),
			backoff.WithMultiplier(2),
			backoff.WithRandomizationFactor(0.5),
			backoff.WithMaxElapsedTime(0), // the callers' deadlines bound it
		)
		for range t.paused {
			t.pauses.NextBackOff()
		}
	}
	t.paused++
	return t.pauses.NextBackOff()
}

// prepareRetry waits until the batch may be sent again, or says why it may not: attempts, budget or time are used up. A
// replica that it was not sent to yet is asked at once; a pause comes before one is asked again.
func (c *Carrier) prepareRetry(t *trail) error {
	giveUp := func(why error) error { return t.failure(fmt.Errorf("%w; %w", t.last.Err, why)) }
	var pause time.Duration
	if !c.balancer.Untried(t.tried...) && !c.poisoned(t) {
		pause = c.nextPause(t)
	}
	switch {
	case t.failures >= c.attemptsOf(t):
		return giveUp(errAttempts)
	case pause >= t.batch.Remaining():
		return giveUp(fmt.Errorf("a pause of %v before the next attempt would outlast the deadline: %w", pause.Round(time.Millisecond), context.DeadlineExceeded))
	case !c.budget.take(1):
		return giveUp(errBudget)
	}
	if pause > 0 && !t.wait(pause, nil) {
		return giveUp(context.Cause(t.batch.Context()))
	}
	return nil
}
