package sdk_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
)

func TestALargeCallThatIsAskedAgainWaitsForItsOwnPlaces(t *testing.T) {
	for _, queue := range []int{1, 2, 3, 5, 10} {
		for _, most := range []int{1, 2, 3, 100} {
			inBubble(t, func(t *testing.T, f *fleet) {
				f.all(after(time.Millisecond, agedUnlessPassed(5, results("valid", 60, 0, 0))))
				c := f.client(narrow, func(cfg *sdk.Config) { cfg.QueueMax, cfg.BatchMax = queue, most })
				_, err := c.ValidateAll(t.Context(), many(20), sdk.MaxAge(time.Second))
				if err != nil {
					t.Errorf("queue %d, batch %d: got %v", queue, most, err)
				}
			}, "a")
		}
	}
}

// With duplicates among them, and cancelled midway.
func TestVeryManyChecksGoThroughASmallQueue(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(time.Millisecond, results("valid", 0, 0, 0)))
		c := f.client(func(cfg *sdk.Config) { cfg.QueueMax = 10 })
		checks := make([]sdk.Check, played(30_000, 6000))
		for i := range checks {
			checks[i].SID = fmt.Sprint("m:", i/3)
		}
		_, err := c.ValidateAll(t.Context(), checks)
		if err != nil {
			t.Error(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		start := time.Now()
		all, err := c.ValidateAll(ctx, checks)
		took(t, start, 50*time.Millisecond)
		var errs sdk.CheckErrors
		if !errors.As(err, &errs) || len(all) != len(checks) {
			t.Error(err)
		}
		n := 0
		for i, v := range all {
			if v.SID != checks[i].SID {
				t.Fatal(v)
			}
			if v.Origin == sdk.Unknown {
				n++
			}
		}
		if n != len(errs) {
			t.Errorf("%d without a verdict, %d errors", n, len(errs))
		}
		synctest.Wait()
		if s := c.Stats(); s.Line.Waiting != 0 || s.Line.InFlight != 0 {
			t.Errorf("%+v", s.Line)
		}
	}, "a")
}

// The answer of the second replica comes in the very instant in which the deadline passes: either may win.
func TestAnAnswerInTheInstantOfTheDeadline(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		hung, late := sync.Map{}, after(100*time.Millisecond, results("valid", 0, 0, 0))
		f.all(func(w http.ResponseWriter, r *http.Request) {
			if _, again := hung.LoadOrStore(itemsOf(r)[0].SID, true); !again {
				hang(w, r)
				return
			}
			late(w, r)
		})
		c := f.client(func(cfg *sdk.Config) {
			cfg.Timeout, cfg.AttemptTimeout = 300*time.Millisecond, 200*time.Millisecond
			cfg.BreakerFailures, cfg.MaxEjected = sdk.Off, sdk.Off
		})
		for i := range 300 {
			var group sync.WaitGroup
			for j := range 3 {
				group.Go(func() {
					ctx, cancel := context.Background(), context.CancelFunc(func() {})
					switch j {
					case 1:
						ctx, cancel = context.WithTimeout(ctx, 300*time.Millisecond)
					case 2:
						ctx, cancel = context.WithCancel(ctx)
						time.AfterFunc(300*time.Millisecond, cancel)
					}
					defer cancel()
					start := time.Now()
					v, err := c.Validate(ctx, fmt.Sprint("x:", i))
					if time.Since(start) != 300*time.Millisecond || err == nil && !v.Valid {
						t.Errorf("%d: %v %v %v", j, v, err, time.Since(start))
					}
				})
			}
			group.Wait()
		}
		synctest.Wait()
		if s := c.Stats(); s.Line.Waiting != 0 || s.Line.InFlight != 0 {
			t.Errorf("%+v", s.Line)
		}
	}, "a", "b")
}

// silent is a context that tells its deadline and does not end by it.
type silent struct {
	context.Context
	at time.Time
}

func (l silent) Deadline() (time.Time, bool) { return l.at, true }

func TestADeadlineThatNoContextEndsIsCappedByTheTimeout(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(hang)
		c := f.client(func(cfg *sdk.Config) { cfg.Timeout, cfg.AttemptTimeout = time.Second, 999*time.Millisecond })
		start := time.Now()
		_, err := c.Validate(silent{context.Background(), time.Now().Add(100 * time.Millisecond)}, "x")
		if d := time.Since(start); d > time.Second {
			t.Errorf("MS2_TIMEOUT is 1 s; took %v: %v", d, err)
		}
	}, "a")
}

// offeredBehindASlowOne returns a client that holds a verdict on "old" which may be answered at the first failure of its next
// request, and which is being asked for 400 ms more by then. A call for "slow" and "old" looks at it after 200 ms.
func offeredBehindASlowOne(t *testing.T, f *fleet) *sdk.Client {
	f.all(results("valid", 1, 0, 600))
	c := f.client(narrowest)
	expect(t, c, "old", true, sdk.Fresh)
	<-time.After(2 * time.Second)
	var asked atomic.Int32
	f.all(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case bearing(r, "slow"):
			after(200*time.Millisecond, results("valid", 0, 0, 0))(w, r)
		case asked.Add(1) == 1:
			status(500)(w, r)
		default:
			after(400*time.Millisecond, results("invalid", 60, 0, 0))(w, r)
		}
	})
	return c
}

// MS2 told a caller "invalid" after the flight was offered: who looks at the offer only now must not take the older "valid".
func TestAnOfferEndsWithANewerAnswer(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		c := offeredBehindASlowOne(t, f)
		done := make(chan struct{})
		go func() {
			defer close(done)
			all, err := c.ValidateAll(context.Background(), sdk.SIDs("slow", "old"))
			if err != nil || all[1].Valid {
				t.Errorf("others were told that it is invalid 100 ms ago; got %+v, %v", all[1], err)
			}
		}()
		<-time.After(100 * time.Millisecond)
		f.all(results("invalid", 60, 0, 0))
		expect(t, c, "old", false, sdk.Fresh, sdk.NoCache())
		<-done
	}, "a", "b")
}

// Nor one that was forgotten meanwhile, by a check that looks only now.
func TestAnOfferEndsWithInvalidate(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		c := offeredBehindASlowOne(t, f)
		time.AfterFunc(100*time.Millisecond, func() { c.Invalidate("old") })
		all, err := c.ValidateAll(context.Background(), sdk.SIDs("slow", "old"))
		if err != nil || all[1].Valid {
			t.Errorf("it was invalidated 100 ms ago; got %+v, %v", all[1], err)
		}
	}, "a", "b")
}
