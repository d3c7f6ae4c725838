package sdk_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk"
)

func TestReadyWaitsForTheFirstReplica(t *testing.T) {
	told(t, func(t *testing.T, f *fleet, source *teller, c *sdk.Client) {
		start := time.Now()
		go func() {
			source.tell(discovery.Snapshot{Instances: instances()})
			<-time.After(time.Second)
			source.tell(discovery.Snapshot{Instances: instances("a")})
		}()
		if err := c.Ready(t.Context()); err != nil || !c.Stats().Ready {
			t.Errorf("got %v, ready %t", err, c.Stats().Ready)
		}
		took(t, start, time.Second)
	}, "a")
}

func TestReadySaysWhyItIsNot(t *testing.T) {
	told(t, func(t *testing.T, f *fleet, source *teller, c *sdk.Client) {
		source.tell(discovery.Snapshot{Err: errRegistry})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := c.Ready(ctx)
		for _, want := range []error{context.DeadlineExceeded, sdk.ErrNoReplicas, errRegistry} {
			if !errors.Is(err, want) {
				t.Errorf("%v is not %v", err, want)
			}
		}
		if c.Stats().Ready || !strings.HasPrefix(err.Error(), "ms2: not ready") {
			t.Errorf("ready %t, %v", c.Stats().Ready, err)
		}
	}, "a")
}

func TestReadyStaysUntilClose(t *testing.T) {
	told(t, func(t *testing.T, f *fleet, source *teller, c *sdk.Client) {
		source.tell(discovery.Snapshot{Instances: instances("a")})
		source.tell(discovery.Snapshot{Instances: instances()})
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		for range 100 {
			if err := c.Ready(gone); err != nil {
				t.Fatal(err)
			}
		}
		c.Close()
		if err := c.Ready(t.Context()); !errors.Is(err, sdk.ErrClosed) || c.Stats().Ready {
			t.Errorf("got %v, ready %t", err, c.Stats().Ready)
		}
	}, "a")
}

func TestReadyEndsAtClose(t *testing.T) {
	told(t, func(t *testing.T, f *fleet, source *teller, c *sdk.Client) {
		go func() {
			<-time.After(time.Second)
			c.Close()
		}()
		if err := c.Ready(t.Context()); !errors.Is(err, sdk.ErrClosed) {
			t.Errorf("got %v", err)
		}
	}, "a")
}
