package sdk_test

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
)

func TestCloseFailsChecksInFlightAndWaiting(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		ended := make(chan struct{}, 9)
		f.all(func(w http.ResponseWriter, r *http.Request) { hang(w, r); ended <- struct{}{} })
		c := f.client(narrow)
		var group sync.WaitGroup
		for _, sid := range []string{"sent", "gathering 1", "gathering 2"} {
			group.Go(func() { refuses(t, c, strings.ReplaceAll(sid, " ", ":"), sdk.ErrClosed) })
			synctest.Wait()
		}
		group.Go(func() {
			if vs, err := c.ValidateAll(context.Background(), sdk.SIDs("x", "y")); !errors.Is(err, sdk.ErrClosed) || len(vs) != 2 {
				t.Errorf("got %v, %v", vs, err)
			}
		})
		synctest.Wait()
		start := time.Now()
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		group.Wait()
		<-ended // the attempt was cancelled
		took(t, start, 0)
	}, "a")
}

func TestCloseFailsChecksThatWaitForTheFirstSnapshot(t *testing.T) {
	told(t, func(t *testing.T, f *fleet, source *teller, c *sdk.Client) {
		var group sync.WaitGroup
		group.Go(func() { refuses(t, c, "x", sdk.ErrClosed) })
		<-time.After(time.Second)
		c.Close()
		group.Wait()
	}, "a")
}

func TestCloseEndsAPauseBetweenAttempts(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(status(500))
		c := f.client(func(cfg *sdk.Config) { cfg.RetryBackoff = time.Second })
		var group sync.WaitGroup
		group.Go(func() { refuses(t, c, "x", sdk.ErrClosed) })
		<-time.After(time.Millisecond)
		start := time.Now()
		c.Close()
		group.Wait()
		took(t, start, 0)
	}, "a")
}

func TestAfterCloseEverythingSaysSoAndStatsStillAnswer(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		c := f.client()
		expect(t, c, "x", true, sdk.Fresh)
		for range 3 {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		}
		refuses(t, c, "x", sdk.ErrClosed) // though it is cached
		refuses(t, c, "y", sdk.ErrClosed)
		c.Invalidate("x")
		if s := c.Stats(); s.Ready || s.Checks.Fresh != 1 || s.Checks.Failed != 2 || len(s.Replicas) != 1 {
			t.Errorf("got %+v", s)
		}
	}, "a")
}

func TestABadConfigurationIsRefused(t *testing.T) {
	before := runtime.NumGoroutine()
	_, err := sdk.New(sdk.Config{Endpoints: []string{"no port"}, Protocol: "gopher", Timeout: -1})
	var bad *sdk.ConfigError
	if !errors.As(err, &bad) || len(bad.Problems) != 3 {
		t.Errorf("got %v", err)
	}
	if n := runtime.NumGoroutine(); n > before {
		t.Errorf("%d goroutines, before %d", n, before)
	}
}

// On a real socket: nothing that a client began is left behind by it.
func TestCloseLeavesNoGoroutineBehind(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 20 {
		c, err := sdk.New(sdk.Config{Attempts: 1, Endpoints: []string{"127.0.0.1:1", "[::1]:1"}})
		if err != nil {
			t.Fatal(err)
		}
		refuses(t, c, "x", nil)
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
	guard := time.After(10 * time.Second)
	for runtime.NumGoroutine() > before {
		select {
		case <-guard:
			t.Fatalf("%d goroutines, before %d", runtime.NumGoroutine(), before)
		default:
			runtime.Gosched()
		}
	}
}

// What a request brought that ran on is kept; a check of the same SID is under way at Close.
func TestCloseIsTheErrorOfWhatIsUnderWayThoughAVerdictCame(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(100*time.Millisecond, results("valid", 60, 0, 0)))
		c := f.client()
		leaving(t, c, "x", 50*time.Millisecond) // and the attempt runs on
		f.all(hang)
		done := make(chan error)
		go func() {
			_, err := c.Validate(t.Context(), "x")
			done <- err
		}()
		<-time.After(100 * time.Millisecond)
		c.Close() //nolint:errcheck // seen at the end
		if err := <-done; !errors.Is(err, sdk.ErrClosed) {
			t.Errorf("got %v", err)
		}
	}, "a", "b")
}
