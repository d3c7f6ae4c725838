package sdk_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk"
)

// wrapped is the option that has a client dial the fleet.
func (f *fleet) wrapped() sdk.Option {
	return sdk.WithTransport(func(http.RoundTripper) http.RoundTripper { return f.transport })
}

// allDown has all replicas refuse connections, or accept them again.
func (f *fleet) allDown(down bool) {
	for _, r := range f.replicas {
		r.listener.SetDown(down)
	}
}

// load has eight callers check SIDs, new ones and known ones, until it is stopped.
func (f *fleet) load(t testing.TB, c *sdk.Client) (stop func()) {
	var group sync.WaitGroup
	var n atomic.Int64
	ctx, cancel := context.WithCancel(t.Context())
	for range 8 {
		group.Go(func() {
			for ctx.Err() == nil {
				c.Validate(ctx, fmt.Sprint(n.Add(1)%5000)) //nolint:errcheck // there is an outage
				<-time.After(100 * time.Microsecond)
			}
		})
	}
	return func() { cancel(); group.Wait() }
}

// swapped is a set of replicas none of which was in the set before.
func swapped(i int) []discovery.Instance {
	set := instances("a", "b", "c")
	for j := range set {
		set[j].ID = fmt.Sprintf("%s-%d", set[j].ID, i)
	}
	return set
}

// wantSettled fails the test unless all attempts have an outcome soon after the last check.
func wantSettled(t testing.TB, c *sdk.Client) {
	t.Helper()
	var s sdk.Stats
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); <-time.After(10 * time.Millisecond) {
		if s = c.Stats(); added(s.Outcomes) == s.Attempts && added(s.Failures) == s.Outcomes.Failure {
			return
		}
	}
	t.Errorf("%d attempts, %+v, %+v", s.Attempts, s.Outcomes, s.Failures)
}
