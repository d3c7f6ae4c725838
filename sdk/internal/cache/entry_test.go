package cache_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	"ms2.internal/lb/sdk/internal/cache"
)

// asked is an entry asked now that is fresh for 5 s, usable for 3 s more while it is asked anew and 10 s when that fails.
func asked() *cache.Entry {
	return &cache.Entry{
		Valid: true, Version: "7", Asked: time.Now(),
		MaxAge: 5 * time.Second, WhileRevalidate: 3 * time.Second, IfError: 10 * time.Second,
	}
}

func TestAnEntryPassesThroughItsStatesToTheNanosecond(t *testing.T) {
	e := asked()
	for _, c := range []struct {
		age  time.Duration
		want cache.State
	}{
		{0, cache.Fresh}, {5*time.Second - 1, cache.Fresh},
		{5 * time.Second, cache.Serving}, {8*time.Second - 1, cache.Serving},
		{8 * time.Second, cache.Fallback}, {15*time.Second - 1, cache.Fallback},
		{15 * time.Second, cache.Expired}, {1 << 62, cache.Expired},
	} {
		if got := e.State(c.age); got != c.want {
			t.Errorf("at %v: %d, want %d", c.age, got, c.want)
		}
		if usable := e.Usable(e.Asked.Add(c.age)); c.age < time.Hour && usable != (c.want != cache.Expired) {
			t.Errorf("at %v: usable %v", c.age, usable)
		}
	}
}

func TestAnEntryThatHadExpiredBeforeHasWhatIsLeftOfItsStalePeriods(t *testing.T) {
	e := asked()
	e.MaxAge = -time.Second
	for age, want := range map[time.Duration]cache.State{
		0: cache.Serving, 2*time.Second - 1: cache.Serving, 2 * time.Second: cache.Fallback, 9*time.Second - 1: cache.Fallback, 9 * time.Second: cache.Expired,
	} {
		if got := e.State(age); got != want {
			t.Errorf("at %v: %d, want %d", age, got, want)
		}
	}
}

func TestAnEntryThatAnswersAnotherRequestIsOfNoUseUntilItMatches(t *testing.T) {
	e, match := asked(), false
	e.Matches = func() bool { return match }
	if e.State(0) != cache.Expired || e.Usable(e.Asked) || !e.Storable() {
		t.Error("used for a request that it does not match")
	}
	match = true
	if e.State(0) != cache.Fresh || !e.Usable(e.Asked) {
		t.Error("not used for one that it matches")
	}
}

func TestAnEntryWhoseRefreshFailedIsServedForAsLongAsErrorsAllow(t *testing.T) {
	e := asked()
	e.Fail()
	for age, want := range map[time.Duration]cache.State{
		4 * time.Second: cache.Fresh, 9 * time.Second: cache.Serving, 15*time.Second - 1: cache.Serving, 15 * time.Second: cache.Expired,
	} {
		if got := e.State(age); got != want {
			t.Errorf("at %v: %d, want %d", age, got, want)
		}
	}
}

func TestAnEntryExpiresAsSoonAsEitherClockSaysSo(t *testing.T) {
	e := asked()
	for _, c := range []struct{ wall, monotonic, want time.Duration }{
		{time.Second, time.Second, time.Second},
		{time.Hour, time.Second, time.Hour},    // suspended, or set forward
		{-time.Hour, time.Second, time.Second}, // set back
		{time.Second, time.Hour, time.Hour},
	} {
		if age := e.Age(clocks(e.Asked, c.wall, c.monotonic)); age != c.want {
			t.Errorf("wall %v, monotonic %v: an age of %v, want %v", c.wall, c.monotonic, age, c.want)
		}
	}
}

// clocks is t after so much by the one clock and by the other: no exported function can part them, but suspending a
// machine does.
func clocks(t time.Time, wall, monotonic time.Duration) time.Time {
	t = t.Add(wall)
	type reading struct {
		wall uint64
		ext  int64 // nanoseconds of the monotonic clock
		loc  *time.Location
	}
	(*reading)(unsafe.Pointer(&t)).ext += int64(monotonic - wall)
	return t
}

func TestAnEntryThatMayNeverBeAnsweredIsNotStorable(t *testing.T) {
	for _, c := range []struct {
		e    *cache.Entry
		want bool
	}{
		{&cache.Entry{}, false},
		{&cache.Entry{Valid: true, Version: "7"}, false},
		{&cache.Entry{Valid: true, Version: "7", Kept: true}, true},
		{&cache.Entry{Valid: true, Kept: true}, false},
		{&cache.Entry{Version: "7", Kept: true}, false},
		{&cache.Entry{Valid: true, Tag: `""`, Kept: true}, true},
		{&cache.Entry{Tag: `""`, Kept: true}, false},
		{&cache.Entry{MaxAge: -5, WhileRevalidate: 5}, false},
		{&cache.Entry{MaxAge: -5, IfError: 6}, true},
		{&cache.Entry{MaxAge: 1}, true},
		{&cache.Entry{WhileRevalidate: 1}, true},
		{&cache.Entry{IfError: 1}, true},
	} {
		if got := c.e.Storable(); got != c.want {
			t.Errorf("%v, %v, %v: %v", c.e.MaxAge, c.e.WhileRevalidate, c.e.IfError, got)
		}
	}
}

func TestARecheckIsClaimedOnceAPeriodByOneCallerAndForTheSID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := asked()
		claims := func(e *cache.Entry) int {
			var n atomic.Int32
			var group sync.WaitGroup
			for range 20 {
				group.Go(func() {
					if e.ClaimRecheck(time.Now(), time.Second) {
						n.Add(1)
					}
				})
			}
			group.Wait()
			return int(n.Load())
		}
		if n := claims(e); n != 1 {
			t.Errorf("%d claims at first", n)
		}
		<-time.After(time.Second - 1)
		next := asked()
		next.InheritRecheck(e)
		next.InheritRecheck(nil)
		if n := claims(next); n != 0 {
			t.Errorf("%d claims within the period, by the entry's successor", n)
		}
		<-time.After(1)
		if n := claims(next); n != 1 {
			t.Errorf("%d claims after it", n)
		}
	})
}

func TestARecheckIsNotPutOffByAClockThatIsSetBack(t *testing.T) {
	e, now := asked(), time.Now()
	e.ClaimRecheck(now, time.Second)
	if !e.ClaimRecheck(now.Add(-time.Hour), time.Second) {
		t.Error("no recheck for an hour")
	}
}

func TestARenewedEntryHasTheOldVerdictAndTheNewPeriods(t *testing.T) {
	old := asked()
	old.Kind, old.Tag, old.Door = "vendor", `W/"7"`, cache.Single
	old.Fail()
	later := old.Asked.Add(time.Minute)
	e := old.Renewed(&cache.Entry{Asked: later, MaxAge: 1, WhileRevalidate: 2, IfError: 3, Aged: 4, Kept: true, Version: "8", Tag: `"8"`, Kind: "x"})
	if !e.Valid || e.Kind != "vendor" || e.Version != "7" || e.Tag != `W/"7"` || e.Door != cache.Single || !e.Asked.Equal(later) ||
		e.MaxAge != 1 || e.WhileRevalidate != 2 || e.IfError != 3 || e.Aged != 4 || !e.Kept {
		t.Errorf("%+v", e)
	}
	if e.State(2) != cache.Serving || e.State(3) == cache.Serving {
		t.Error("the old entry's failures are the new one's")
	}
}

func TestCapShortensEachPeriodAndLengthensNone(t *testing.T) {
	e := asked()
	e.Cap(4 * time.Second)
	if e.MaxAge != 4*time.Second || e.WhileRevalidate != 3*time.Second || e.IfError != 4*time.Second {
		t.Errorf("%v, %v, %v", e.MaxAge, e.WhileRevalidate, e.IfError)
	}
}
