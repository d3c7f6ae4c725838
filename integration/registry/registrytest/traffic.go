package registrytest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

// callers is how many goroutines check at once.
const callers = 8

// shown is how many of the failed checks are told.
const shown = 5

// Traffic is checks that run all the time. None may fail, for as long as a healthy replica could have answered it.
type Traffic struct {
	t      testing.TB
	client *sdk.Client
	pause  time.Duration
	checks atomic.Int64

	mu       sync.Mutex
	failures []string // guarded by mu
}

// RunTraffic begins to check SIDs from eight callers, each resting for pause between two checks, until the test ends. It
// fails the test when a check had no verdict or a wrong one.
func RunTraffic(t testing.TB, client *sdk.Client, pause time.Duration) *Traffic {
	traffic := &Traffic{t: t, client: client, pause: pause}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for range callers {
		running.Go(func() { traffic.call(ctx) })
	}
	t.Cleanup(func() {
		cancel()
		running.Wait()
		traffic.tell()
	})
	return traffic
}

func (tr *Traffic) call(ctx context.Context) {
	for ctx.Err() == nil {
		tr.check(ctx)
		if tr.pause > 0 {
			rest(ctx, tr.pause)
		}
	}
}

func (tr *Traffic) check(ctx context.Context) {
	sid := fmt.Sprintf("%s%d", []string{genuine, "forged:"}[rand.N(2)], rand.N(1000))
	began := time.Now()
	v, err := tr.client.Validate(ctx, sid)
	tr.checks.Add(1)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		tr.fail(fmt.Sprintf("%s, after %s: %v", began.Format(time.TimeOnly), time.Since(began), err))
	case v.Valid != strings.HasPrefix(sid, genuine):
		tr.fail(fmt.Sprintf("wrong verdict: %+v", v))
	}
}

func (tr *Traffic) fail(text string) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.failures = append(tr.failures, text)
}

// tell says whether a check failed.
func (tr *Traffic) tell() {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.t.Logf("%d checks, %d failed", tr.checks.Load(), len(tr.failures))
	for _, text := range tr.failures[:min(len(tr.failures), shown)] {
		tr.t.Errorf("failed: %s", text)
	}
}

// Settle lets a number of checks pass, so that a state is met by real traffic.
func (tr *Traffic) Settle() {
	tr.t.Helper()
	until := tr.checks.Load() + 500
	Eventually(tr.t, "500 checks", func() bool { return tr.checks.Load() > until })
}

// ExpectPicks fails the test unless a replica is picked from now on, or is not, as wanted.
func (tr *Traffic) ExpectPicks(name string, want bool) {
	tr.t.Helper()
	before := Picks(tr.client.Stats(), name)
	tr.Settle()
	if got := Picks(tr.client.Stats(), name) > before; got != want {
		tr.t.Errorf("replica %s picked: %t, want %t", name, got, want)
	}
}

func rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
