package registrytest

import (
	"testing"
	"time"
)

const (
	// poll is how often a condition is looked at.
	poll = 20 * time.Millisecond

	// guard is how long a condition may take that nobody promised a time for.
	guard = time.Minute

	// slack is how many times its bound a condition may take before the test fails: other processes share the machine.
	slack = 5
)

// Eventually waits until a condition holds; the time is a guard against hanging alone.
func Eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	await(t, guard, what, ok)
}

// Within waits until a condition holds and tells how long that took. The bound is what is promised; as a guard it is five
// times as wide.
func Within(t testing.TB, bound time.Duration, what string, ok func() bool) {
	t.Helper()
	took := await(t, slack*bound, what, ok)
	t.Logf("%6.2f s until %s (bound %s)", took.Seconds(), what, bound)
}

func await(t testing.TB, limit time.Duration, what string, ok func() bool) time.Duration {
	t.Helper()
	began := time.Now()
	if !Held(limit, ok) {
		t.Fatalf("waited %s until %s", limit, what)
	}
	return time.Since(began)
}

// Held reports whether a condition came to hold within a limit.
func Held(limit time.Duration, ok func() bool) bool {
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	over := time.After(limit)
	for !ok() {
		select {
		case <-ticker.C:
		case <-over:
			return false
		}
	}
	return true
}
