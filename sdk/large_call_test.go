package sdk_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

// bySize answers after 1 ms and 4 µs for each SID.
func bySize(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		after(time.Millisecond+time.Duration(4*len(itemsOf(r)))*time.Microsecond, next)(w, r)
	}
}

// singles makes a check every 700 µs until stop is closed, or as many as most, and returns how long the slowest hundredth took.
func singles(t *testing.T, c *sdk.Client, most int, stop <-chan struct{}) time.Duration {
	var times []time.Duration
	for i := range most {
		start := time.Now()
		expect(t, c, fmt.Sprint("single:", i), true, sdk.Fresh)
		times = append(times, time.Since(start))
		select {
		case <-stop:
			most = 0
		case <-time.After(700 * time.Microsecond):
		}
		if most == 0 {
			break
		}
	}
	slices.Sort(times)
	return times[len(times)*99/100]
}

func many(n int) []sdk.Check {
	checks := make([]sdk.Check, n)
	for i := range checks {
		checks[i].SID = fmt.Sprint("many:", i)
	}
	return checks
}

func TestSingleChecksKeepTheirTimeBesideALargeCall(t *testing.T) {
	for _, inFlight := range []int{2, 3, 8} {
		inBubble(t, func(t *testing.T, f *fleet) {
			f.all(bySize(results("valid", 0, 0, 0)))
			c := f.client(func(cfg *sdk.Config) { cfg.BatchInflight = inFlight })
			alone := singles(t, c, 200, nil)
			done := make(chan struct{})
			go func() {
				defer close(done)
				if _, err := c.ValidateAll(t.Context(), many(played(50_000, 10_000))); err != nil {
					t.Error(err)
				}
			}()
			if beside := singles(t, c, 1_000_000, done); beside > 2*alone {
				t.Errorf("%d in flight: alone %v, beside %v", inFlight, alone, beside)
			}
		}, "a", "b")
	}
}

func TestALineOfOneIsSharedInTurnsByALargeCallAndManySingleChecks(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(bySize(results("valid", 0, 0, 0)))
		c := f.client(narrow)
		var group sync.WaitGroup
		var done atomic.Bool
		for i := range 50 { // always one that waits
			group.Go(func() {
				for j := 0; !done.Load(); j++ {
					expect(t, c, fmt.Sprint("single:", i, ":", j), true, sdk.Fresh)
				}
			})
		}
		start := time.Now()
		if _, err := c.ValidateAll(t.Context(), many(5000)); err != nil {
			t.Error(err)
		}
		done.Store(true)
		d := time.Since(start)
		group.Wait()
		if d > 10*(3*time.Millisecond+2*time.Millisecond) {
			t.Errorf("the large call took %v", d)
		}
	}, "a")
}

func TestASingleCheckOfASIDOfALargeCallDoesNotWaitForTheCall(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(100*time.Millisecond, results("valid", 60, 0, 0)))
		c := f.client(func(cfg *sdk.Config) { cfg.BatchInflight = 2; cfg.BatchMax = 500 })
		go c.ValidateAll(t.Context(), many(2000)) //nolint:errcheck // it is in the way
		<-time.After(50 * time.Millisecond)
		start := time.Now()
		expect(t, c, "many:900", true, sdk.Fresh) // gathers for the second batch, which has no room before 100 ms
		took(t, start, 100*time.Millisecond)
	}, "a")
}
