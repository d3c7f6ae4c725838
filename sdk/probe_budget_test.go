package sdk_test

import (
	"fmt"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

// broke opens the breaker of replica a and spends the budget, and returns when the probe is due: soon, with less than a token by then.
func broke(t *testing.T, f *fleet, c *sdk.Client) (due time.Time) {
	t.Helper()
	f.replicas["a"].answer(status(500))
	for i := 0; statsOf(c, "a").Breaker != "open"; i++ {
		c.Validate(t.Context(), fmt.Sprint("trip", i)) //nolint:errcheck // it may fail or be retried
	}
	due = time.Now().Add(2*time.Second + 1)
	for i := 0; c.Stats().Budget+10*time.Until(due).Seconds() >= 0.85; i++ {
		<-time.After(4 * time.Millisecond)
		f.replicas["b"].answer(results("valid", 60, 0, 0))
		expect(t, c, fmt.Sprint("good", i), true, sdk.Fresh)
		f.replicas["b"].answer(status(500)) // twice in a row for each check, at most, so that its breaker stays closed
		refuses(t, c, fmt.Sprint("spent", i), nil)
	}
	f.replicas["b"].answer(results("valid", 60, 0, 0))
	expect(t, c, "good", true, sdk.Fresh)
	if n, wait := c.Stats().Budget, time.Until(due); wait <= 0 || n+10*wait.Seconds() >= 0.95 {
		t.Fatalf("due in %v, with a budget of %v", wait, n)
	}
	return due
}

// hasty makes many retries in a short time.
func hasty(cfg *sdk.Config) {
	cfg.Attempts, cfg.RetryBackoff, cfg.RetryBudget = 5, time.Millisecond, 0.05
}

func TestAProbeWithoutATokenIsPutOffWhileAnotherReplicaCanBeAsked(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		c := f.client(hasty)
		due := broke(t, f, c)
		f.replicas["a"].answer(results("valid", 60, 0, 0))
		<-time.After(time.Until(due))
		for i := range 5 {
			if n := inTime(t, f, c, fmt.Sprint(i)); n != 0 {
				t.Errorf("%d probes", n)
			}
		}
		<-time.After(3 * time.Second) // there are tokens then
		if n := inTime(t, f, c, "x"); n != 1 || statsOf(c, "a").Breaker != "closed" {
			t.Errorf("%d probes, %+v", n, statsOf(c, "a"))
		}
	}, "a", "b")
}

func TestAProbeNeedsNoTokenWhenNoOtherReplicaCanBeAsked(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		c := f.client(hasty)
		due := broke(t, f, c)
		f.replicas["b"].answer(status(500))
		f.replicas["a"].answer(results("valid", 60, 0, 0))
		for i := range 5 {
			refuses(t, c, fmt.Sprint("trip-b:", i), nil)
		}
		refuses(t, c, "x", sdk.ErrCircuitOpen)
		<-time.After(time.Until(due))
		before := c.Stats().Budget
		expect(t, c, "x", true, sdk.Fresh)
		if s := c.Stats(); s.Budget < before || statsOf(c, "a").Breaker != "closed" {
			t.Errorf("a budget of %v, then of %v; %+v", before, s.Budget, statsOf(c, "a"))
		}
	}, "a", "b")
}
