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

// retry prepares the next attempt after a failure, and reports whether it is for the whole batch.
func (c *Carrier) retry(t *trail) bool {
	t.batch.Offer()
	t.extra = &c.counters.Extra.Retry
	if len(t.refusals) > 0 && t.lastRefusal().separable(t) && !c.balancer.Untried(t.tried...) {
		c.undecided(t, nil) // parts of it may pass where it was refused
		return false
	}
	if why := c.prepareRetry(t); why != nil {
		c.giveUp(t, fmt.Errorf("%w; %w", t.last.Err, why))
		return false
	}
	n := c.parts(t)
	if n == 1 || !c.budget.takeUpper(n-1) { // one was taken for the retry
		return true
	}
	c.split(t, n, func(part *trail) { c.carry(part, nil) })
	return false
}

// pause is how long to wait before the next attempt: not at all for a replica that was not tried yet, until it has rested for the
// only one that did not refuse.
func (c *Carrier) pause(t *trail) time.Duration {
	wait, another := c.balancer.UntriedIn(t.tried...)
	switch {
	case another && (wait == 0 || !t.failed && len(t.refusals) > 0):
		return wait
	case c.poisoned(t):
		return 0
	}
	return c.nextPause(t)
}

// takeFor takes a token for one more request. Forwards draw from the upper half alone: a path of MS2's data that fails must not use
// up what checks need to get past a replica.
func (c *Carrier) takeFor(t *trail) bool {
	if t.batch == nil {
		return c.budget.takeUpper(1)
	}
	return c.budget.take(1)
}

// prepareRetry waits until the batch may be sent again, or says why it may not: attempts, budget or time are used up. A
// replica that it was not sent to yet is asked at once; a pause comes before one is asked again.
func (c *Carrier) prepareRetry(t *trail) error {
	pause := c.pause(t)
	switch {
	case t.failures >= c.attemptsOf(t):
		return errAttempts
	case pause >= t.caller.Remaining():
		return fmt.Errorf("a pause of %v before the next attempt would outlast the deadline: %w", pause.Round(time.Millisecond), context.DeadlineExceeded)
	case !c.takeFor(t):
		return errBudget
	}
	if pause > 0 && !t.wait(pause, nil) {
		return context.Cause(t.caller.Context())
	}
	return nil
}
