package sdk_test

import (
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// bearing reports whether a request carries the SID.
func bearing(r *http.Request, sid string) bool {
	return slices.ContainsFunc(itemsOf(r), func(i protocol.Item) bool { return i.SID == sid })
}

// slowFor answers by next, a second later when it is asked for the SID.
func slowFor(sid string, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if bearing(r, sid) {
			after(time.Second, next)(w, r)
			return
		}
		next(w, r)
	}
}

// gathered has checks of these SIDs go in one batch, behind one that is under way, and returns a wait for how long each took
// from when the batch was sent.
func gathered(t *testing.T, c *sdk.Client, sids ...string) (took func() map[string]time.Duration) {
	t.Helper()
	first := begin(t, c, 1, "first")
	var mu sync.Mutex
	var group sync.WaitGroup
	times, sent := map[string]time.Duration{}, time.Now().Add(100*time.Millisecond)
	for _, sid := range sids {
		group.Go(func() {
			expect(t, c, sid, true, sdk.Fresh)
			mu.Lock()
			defer mu.Unlock()
			times[sid] = time.Since(sent)
		})
		synctest.Wait()
	}
	return func() map[string]time.Duration {
		first()
		group.Wait()
		return times
	}
}

// firstSlow answers the SID of gathered's first check after 100 ms and all others by next.
func firstSlow(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if bearing(r, "first:0") {
			after(100*time.Millisecond, results("valid", 0, 0, 0))(w, r)
			return
		}
		next(w, r)
	}
}

func TestAPartOfASplitBatchIsAnsweredBeforeTheOthers(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		whole := slowFor("d", results("valid", 0, 0, 0))
		f.all(firstSlow(func(w http.ResponseWriter, r *http.Request) {
			if len(itemsOf(r)) > 2 {
				status(400)(w, r)
				return
			}
			whole(w, r)
		}))
		c := f.client(narrow, patient)
		times := gathered(t, c, "a", "b", "c", "d")()
		if times["a"] != 0 || times["b"] != 0 || times["c"] != time.Second || times["d"] != time.Second {
			t.Errorf("answered after %v", times)
		}
		if got := f.replicas["a"].sizes(); !slices.Equal(got, []int{1, 4, 2, 2}) {
			t.Errorf("requests of %v", got)
		}
	}, "a")
}

// patient lets one attempt take 5 s.
func patient(cfg *sdk.Config) { cfg.Timeout, cfg.AttemptTimeout = 10*time.Second, 5*time.Second }

func TestACheckJoinsThePartThatItsSIDWentOnIn(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(firstSlow(slowFor("d", func(w http.ResponseWriter, r *http.Request) {
			if len(itemsOf(r)) > 1 {
				status(400)(w, r)
				return
			}
			results("valid", 0, 0, 0)(w, r)
		})))
		c := f.client(narrow, patient)
		took := gathered(t, c, "a", "d")
		<-time.After(1200 * time.Millisecond) // the batch was refused after a second, and d is on its way by itself
		start := time.Now()
		expect(t, c, "d", true, sdk.Fresh)
		if d := time.Since(start); d != 900*time.Millisecond {
			t.Errorf("took %v", d)
		}
		if times := took(); times["a"] != time.Second || times["d"] != 2*time.Second {
			t.Errorf("answered after %v", times)
		}
		if got := f.replicas["a"].sizes(); !slices.Equal(got, []int{1, 2, 1, 1}) {
			t.Errorf("requests of %v", got)
		}
	}, "a")
}

func TestTheLastToLeaveAPartCancelsItAndNoOther(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		left := make(chan string, 9)
		f.all(firstSlow(func(w http.ResponseWriter, r *http.Request) {
			if len(itemsOf(r)) > 1 {
				status(400)(w, r)
				return
			}
			hang(w, r)
			left <- itemsOf(r)[0].SID
		}))
		c := f.client(narrow, patient)
		first := begin(t, c, 1, "first")
		var group sync.WaitGroup
		group.Go(func() { leaving(t, c, "a", 102*time.Millisecond) })
		group.Go(func() { leaving(t, c, "b", 105*time.Millisecond) }) // younger than requests take in the median
		for _, want := range []string{"a", "b"} {
			if got := <-left; got != want {
				t.Errorf("%s was cancelled, want %s", got, want)
			}
		}
		group.Wait()
		first()
	}, "a")
}

func TestEachCheckOfAFanOutIsAnsweredByItsOwnRequest(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(firstSlow(slowFor("b", results("valid", 0, 0, 0))))
		c := f.client(narrow, patient, func(cfg *sdk.Config) { cfg.Protocol = "single" })
		times := gathered(t, c, "a", "b", "c")()
		if times["a"] != 0 || times["b"] != time.Second || times["c"] != 0 {
			t.Errorf("answered after %v", times)
		}
		if f.requests() != 4 {
			t.Errorf("%d requests", f.requests())
		}
	}, "a")
}

// What some checks of a batch may be answered with at its first failure, others wait for.
func TestStaleChecksOfABatchAreAnsweredAtItsFirstFailureAndTheOthersWait(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(results("valid", 1, 0, 600))
		c := f.client(narrow)
		expect(t, c, "old", true, sdk.Fresh)
		<-time.After(2 * time.Second)
		var failures atomic.Int32
		f.all(firstSlow(func(w http.ResponseWriter, r *http.Request) {
			if failures.Add(1) == 1 {
				status(500)(w, r)
				return
			}
			after(300*time.Millisecond, results("valid", 60, 0, 0))(w, r)
		}))
		first := begin(t, c, 1, "first")
		var group sync.WaitGroup
		group.Go(func() {
			expect(t, c, "old", true, sdk.Stale)
			if n := failures.Load(); n != 1 {
				t.Errorf("answered after %d requests", n)
			}
		})
		group.Go(func() { expect(t, c, "new", true, sdk.Fresh) })
		group.Go(func() { expect(t, c, "old", true, sdk.Fresh, sdk.MaxAge(time.Second)) })
		group.Wait()
		first()
		expect(t, c, "old", true, sdk.Cached) // the batch went on behind the stale answer
	}, "a")
}

func TestAnAbandonedSIDInQuarantineSendsNothing(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(2*time.Millisecond, fallingOver(status(500), results("valid", 0, 0, 0))))
		c := f.client(func(cfg *sdk.Config) { cfg.BatchInflight = 2 })
		quarantined(t, c)
		f.all(after(100*time.Millisecond, results("valid", 0, 0, 0)))
		before := f.requests()
		first, second := begin(t, c, 1, "first"), begin(t, c, 1, "second")
		leaving(t, c, poisonous, 50*time.Millisecond)
		first()
		second()
		<-time.After(time.Second)
		if n := f.requests() - before; n != 2 {
			t.Errorf("%d requests, want those of the others alone", n)
		}
	}, "a", "b", "c")
}

// quarantined has the poisonous SID fall by itself while others are answered.
func quarantined(t *testing.T, c *sdk.Client) {
	t.Helper()
	stop := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
				expect(t, c, "good", true, sdk.Fresh)
			}
		}
	})
	refuses(t, c, poisonous, nil)
	close(stop)
	group.Wait()
	if apart := c.Stats().Line.Apart; apart != 1 {
		t.Fatalf("in quarantine: %d", apart)
	}
}
