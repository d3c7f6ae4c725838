package health

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// inProcess is an MS2 that answers without a network, unless it is down.
type inProcess struct {
	http.Handler
	down atomic.Bool
}

func (m *inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	if m.down.Load() {
		return nil, errors.New("down")
	}
	w := httptest.NewRecorder()
	m.ServeHTTP(w, r)
	return w.Result(), nil
}

// genuine is a store in which every SID is.
type genuine struct{}

func (genuine) Lookup(_ context.Context, sids []string) (map[string]protocol.Entity, error) {
	found := map[string]protocol.Entity{}
	for _, sid := range sids {
		found[sid] = protocol.Entity{Kind: "product", Version: "3"}
	}
	return found, nil
}

// told is a source that tells what it is told.
type told chan func(discovery.Snapshot)

func (s told) Watch(ctx context.Context, update func(discovery.Snapshot)) error {
	s <- update
	<-ctx.Done()
	return ctx.Err()
}

// running is a client in real time, and how to tell it of so many replicas, each time others.
func running(tb testing.TB) (c *sdk.Client, tell func(replicas int), ms2 *inProcess) {
	tb.Helper()
	ms2 = &inProcess{Handler: protocol.NewHandler(genuine{}, protocol.HandlerOptions{})}
	source := make(told, 1)
	c, err := sdk.New(sdk.Config{CacheEntries: sdk.Off}, sdk.WithSource(source),
		sdk.WithTransport(func(http.RoundTripper) http.RoundTripper { return ms2 }))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { c.Close() }) //nolint:errcheck // nothing is held up
	update, times := <-source, 0
	return c, func(replicas int) {
		var set []discovery.Instance
		for i := range replicas {
			set = append(set, discovery.Instance{ID: fmt.Sprintf("%d-%d", times, i), Addr: fmt.Sprintf("10.0.0.%d:8082", i+1), Weight: 1})
		}
		times++
		update(discovery.Snapshot{Source: "told", Instances: set, At: time.Now()})
	}, ms2
}

// load has callers check what is not cached, as fast as they can, until the test ends; it returns the count of checks.
func load(tb testing.TB, c *sdk.Client, callers int) *atomic.Int64 {
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	var checks atomic.Int64
	for range callers {
		group.Go(func() {
			for ctx.Err() == nil {
				c.Validate(ctx, fmt.Sprint(checks.Add(1))) //nolint:errcheck // there may be an outage
			}
		})
	}
	tb.Cleanup(func() { cancel(); group.Wait() })
	return &checks
}
