package sdk_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
)

func TestFailuresOpenTheBreakerHoweverFarApart(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(hang)
		c := f.client(func(cfg *sdk.Config) { cfg.Attempts = 1 })
		c.Ready(t.Context()) //nolint:errcheck // static replicas
		for i := range 5 {
			if s := statsOf(c, "a"); s.Breaker != "closed" {
				t.Errorf("open after %d", i)
			}
			refuses(t, c, "x", nil)
			<-time.After(time.Hour)
		}
		if s := statsOf(c, "a"); s.Breaker != "open" || s.Failures != 5 {
			t.Errorf("got %+v", s)
		}
	}, "a")
}

func TestAnOpenBreakerSaysSoAndWhatFailedLast(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(status(500))
		c := f.client(func(cfg *sdk.Config) { cfg.Attempts = 1; cfg.BreakerFailures = 1 })
		refuses(t, c, "x", nil)
		start := time.Now()
		err := refuses(t, c, "x", sdk.ErrCircuitOpen)
		took(t, start, 0)
		var call *sdk.CallError
		if !errors.As(err, &call) || call.Replica != "a:80" || call.Status != 500 || call.Attempts != 0 {
			t.Errorf("got %v", err)
		}
		f.all(results("valid", 0, 0, 0))
		<-time.After(2*time.Second + 1)
		expect(t, c, "x", true, sdk.Fresh)
	}, "a")
}

func TestAFleetThatFailedTogetherRecoversWithinOneOpenTime(t *testing.T) {
	for _, names := range [][]string{{"a"}, {"a", "b"}, {"a", "b", "c", "d"}} {
		inBubble(t, func(t *testing.T, f *fleet) {
			f.all(status(500))
			c, start := f.client(), time.Now()
			for time.Since(start) < 2*time.Second {
				refuses(t, c, "x", nil)
				<-time.After(20 * time.Millisecond)
			}
			f.all(results("valid", 0, 0, 0))
			<-time.After(2 * time.Second)
			for range 50 {
				expect(t, c, "x", true, sdk.Fresh)
				<-time.After(20 * time.Millisecond)
			}
			for _, s := range c.Stats().Replicas {
				if s.Breaker != "closed" || s.Successes == 0 {
					t.Errorf("%v: %+v", names, s)
				}
			}
		}, names...)
	}
}

// trip opens the breaker of replica a and returns when it is due for a probe.
func trip(t *testing.T, f *fleet, c *sdk.Client) {
	f.replicas["a"].answer(status(500))
	for i := 0; statsOf(c, "a").Breaker != "open"; i++ {
		c.Validate(t.Context(), fmt.Sprint("trip", i)) //nolint:errcheck // it may fail or be retried
		<-time.After(time.Second)
	}
	<-time.After(2 * time.Second)
}

func TestOneProbeDecidesAndOthersNeverSeeIt(t *testing.T) {
	probes := map[string]http.HandlerFunc{
		"hang": hang, "404": status(404), "401": status(401), "500": status(500), "cut off": cutOff,
		"a body never ended": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusOK)
			w.(http.Flusher).Flush()
			hang(w, r)
		},
	}
	for name, probe := range probes {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, f *fleet) {
				c := f.client()
				trip(t, f, c)
				f.replicas["a"].answer(probe)
				before := len(f.replicas["a"].requests())
				var group sync.WaitGroup
				for i := range 20 {
					group.Go(func() {
						if _, err := c.Validate(t.Context(), fmt.Sprint(i)); errors.Is(err, sdk.ErrCircuitOpen) {
							t.Errorf("got %v, though b lives", err)
						}
					})
				}
				group.Wait()
				synctest.Wait()                                                    // the probe goes on behind
				if n := len(f.replicas["a"].requests()) - before; n < 1 || n > 2 { // 2: learning a door
					t.Errorf("%d probes", n)
				}
				<-time.After(500 * time.Millisecond) // by then the probe has ended
				f.replicas["a"].answer(results("valid", 60, 0, 0))
				<-time.After(2*time.Second + 1)
				expect(t, c, "heal", true, sdk.Fresh)
				synctest.Wait()
				if s := statsOf(c, "a"); s.Breaker != "closed" || s.State == "ejected" || s.InFlight != 0 {
					t.Errorf("got %+v", s)
				}
			}, "a", "b")
		})
	}
}

func TestAProbeIsNotCancelledWithItsCallers(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		c := f.client()
		trip(t, f, c)
		f.all(after(400*time.Millisecond, results("valid", 60, 0, 0)))
		leaving(t, c, "x", 50*time.Millisecond)
		<-time.After(400 * time.Millisecond)
		if s := statsOf(c, "a"); s.Breaker != "closed" {
			t.Errorf("got %+v", s)
		}
		f.all(results("invalid", 0, 0, 0))
		expect(t, c, "x", true, sdk.Cached) // what it brought is kept
		c.Invalidate("x")
		expect(t, c, "x", false, sdk.Fresh)
	}, "a")
}

func TestWithAReplicaAloneTheOthersAreToldThatTheBreakerIsOpen(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		c := f.client(narrowest)
		trip(t, f, c)
		f.all(hang)
		go c.Validate(context.Background(), "probe") //nolint:errcheck // it takes the probe
		synctest.Wait()
		for i := range 20 {
			refuses(t, c, fmt.Sprint(i), sdk.ErrCircuitOpen)
		}
	}, "a")
}

func narrowest(cfg *sdk.Config) { cfg.BatchMax = 1 }

func TestAReplicaThatHealedTakesItsShareAgain(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(time.Millisecond, results("valid", 60, 0, 0)))
		c := f.client()
		trip(t, f, c)
		f.all(after(time.Millisecond, results("valid", 60, 0, 0)))
		before := len(f.replicas["a"].requests())
		for i := range 2000 {
			expect(t, c, fmt.Sprint(i), true, sdk.Fresh)
			<-time.After(10 * time.Millisecond)
		}
		if n := len(f.replicas["a"].requests()) - before; n < 600 {
			t.Errorf("%d of 2000", n)
		}
	}, "a", "b")
}
