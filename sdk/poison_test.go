package sdk_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

const poisonous = "usb:poison"

// fallingOver answers like next, but by over whatever holds the poisonous SID.
func fallingOver(over, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if slices.ContainsFunc(itemsOf(r), func(i protocol.Item) bool { return i.SID == poisonous }) {
			over(w, r)
			return
		}
		next(w, r)
	}
}

// allClosed fails the test if a breaker is not closed, or if more was sent than the budget allows.
func allClosed(t *testing.T, c *sdk.Client, start time.Time) {
	t.Helper()
	s := c.Stats()
	for _, r := range s.Replicas {
		if r.Breaker != "closed" {
			t.Errorf("the breaker of %s is %s after %d failures", r.ID, r.Breaker, r.Failures)
		}
	}
	if allowed := 100 + int64(0.2*float64(s.Batches)+10*time.Since(start).Seconds()); s.Retries > allowed {
		t.Errorf("%d extra attempts, the budget allows %d", s.Retries, allowed)
	}
}

func TestOnePoisonousSIDAmongTenThousandFailsAlone(t *testing.T) {
	for name, over := range map[string]http.HandlerFunc{"500": status(500), "crash": cutOff, "garbage": raw("<html>")} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, f *fleet) {
				f.all(after(2*time.Millisecond, fallingOver(over, results("valid", 0, 0, 0))))
				c, start := f.client(), time.Now()
				var group sync.WaitGroup
				for worker := range 20 {
					group.Go(func() {
						for i := range played(500, 100) {
							expect(t, c, fmt.Sprintf("good:%d:%d", worker, i), true, sdk.Fresh)
						}
					})
				}
				for range 5 {
					group.Go(func() { refuses(t, c, poisonous, nil) })
					<-time.After(100 * time.Millisecond)
				}
				group.Wait()
				allClosed(t, c, start)
			}, "a", "b", "c")
		})
	}
}

func TestOneCallForTenThousandAndAPoisonousSIDBringsAllTheOthers(t *testing.T) {
	for name, over := range map[string]http.HandlerFunc{"500": status(500), "timeout": hang} {
		for _, names := range [][]string{{"a"}, {"a", "b"}, {"a", "b", "c"}} {
			t.Run(fmt.Sprintf("%s of %d", name, len(names)), func(t *testing.T) {
				inBubble(t, func(t *testing.T, f *fleet) {
					f.all(after(2*time.Millisecond, fallingOver(over, results("valid", 60, 0, 0))))
					c, start := f.client(), time.Now()
					checks := make([]sdk.Check, played(10_001, 2001))
					for i := range checks {
						checks[i].SID = fmt.Sprint("good:", i)
					}
					checks[len(checks)*7/10].SID = poisonous
					_, err := c.ValidateAll(t.Context(), checks)
					var failed sdk.CheckErrors
					if !errors.As(err, &failed) || len(failed) != 1 || failed[0].SID != poisonous {
						t.Errorf("got %v", err)
					}
					allClosed(t, c, start)
				}, names...)
			})
		}
	}
}

func TestASIDThatFellAloneIsSetApartForAWhile(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(2*time.Millisecond, fallingOver(status(500), results("valid", 0, 0, 0))))
		c := f.client(narrow)
		round := func() int {
			before := f.requests()
			first := begin(t, c, 1, "first") // the others gather behind it
			var group sync.WaitGroup
			group.Go(func() { refuses(t, c, poisonous, nil) })
			synctest.Wait()
			group.Go(begin(t, c, 50, "then"))
			group.Wait()
			first()
			return f.requests() - before
		}
		found := round()
		if apart := round(); found < 10 || apart != 1+2+1 {
			t.Errorf("%d requests until it was found, then %d; want 4: the first, it twice, the others", found, apart)
		}
		<-time.After(11 * time.Second)
		if again := round(); again < 10 {
			t.Errorf("%d requests: it is still apart after its time", again)
		}
		allClosed(t, c, time.Now())
	}, "a", "b", "c")
}

// While nobody is answered it is MS2 that is down, and no SID is to blame.
func TestAnOutageSetsNoSIDApart(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(status(500))
		c := f.client(narrow, func(cfg *sdk.Config) { cfg.BreakerFailures = sdk.Off })
		for i := range 50 {
			refuses(t, c, fmt.Sprint("good:", i), nil)
		}
		f.all(after(2*time.Millisecond, results("valid", 0, 0, 0)))
		before := f.requests()
		first := begin(t, c, 1, "first")
		begin(t, c, 50, "good")()
		first()
		if n := f.requests() - before; n != 2 {
			t.Errorf("%d requests", n)
		}
	}, "a", "b", "c")
}

func TestABatchRidesOutAShortOutage(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(status(500))
		c := f.client(func(cfg *sdk.Config) { cfg.BreakerFailures = sdk.Off })
		time.AfterFunc(500*time.Millisecond, func() { f.all(results("valid", 0, 0, 0)) })
		checks := make([]sdk.Check, 100)
		for i := range checks {
			checks[i].SID = fmt.Sprint(i)
		}
		if _, err := c.ValidateAll(t.Context(), checks); err != nil {
			t.Error(err)
		}
	}, "a", "b", "c")
}
