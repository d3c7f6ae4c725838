package sdk_test

import (
	"net/http"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

// What is wrong on this side: what is used up, and what the adopter brought.

func TestWhatIsSaidOfLimitsThatAreReached(t *testing.T) {
	budget := fail("upstream", "status", "").also("failing budget_exhausted", "recovered budget_exhausted").
		allAnswer("budget empty", everyOther(status(500), good())).moving("budget_refusals")
	budget.summary = "# of # checks that needed MS2 failed: the replicas that were asked failed: the last answered HTTP 500. The others are answered."
	budget.problem = "warning upstream status"
	budget.every = 10 * time.Millisecond
	budget.configure = func(cfg *sdk.Config) { cfg.RetryBudget, cfg.BreakerFailures, cfg.MaxEjected = 0.01, sdk.Off, sdk.Off }

	queue := fail("overloaded", "", "10 SIDs wait for MS2, which is the most (MS2_QUEUE_MAX)").
		allAnswer("queue full", after(100*time.Millisecond, results("valid", 60, 0, 0)))
	queue.every = 10 * time.Millisecond
	queue.configure = func(cfg *sdk.Config) { cfg.QueueMax, cfg.BatchMax, cfg.BatchInflight = 10, 1, 1 }
	playAll(t, budget, queue)
}

func TestWhatIsSaidOfAHookThatPanics(t *testing.T) {
	var h *hook
	panics := fail("hook", "", "the adopter's transport (WithTransport) failed").
		plays("panics", func(*stage) { h.sick.Store(true) }, func(*stage) { h.sick.Store(false) })
	panics.summary = "The adopter's transport (WithTransport) panicked: requests that go through it fail."
	panics.transport = func(next http.RoundTripper) http.RoundTripper {
		h = &hook{next: next, bad: func() { panic(sidMark) }}
		return h
	}
	playAll(t, panics)
}
