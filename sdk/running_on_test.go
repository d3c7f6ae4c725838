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
)

// An attempt that its callers left runs on, if it is not young: it has a result then, and what it brings is kept.

// underWay answers by next and counts what is under way.
func underWay(now *atomic.Int32, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		now.Add(1)
		defer now.Add(-1)
		next(w, r)
	}
}

// abandon has checks of these SIDs begun at once, and given up after 100 ms.
func abandon(t *testing.T, c *sdk.Client, sids ...string) {
	t.Helper()
	var group sync.WaitGroup
	for _, sid := range sids {
		group.Go(func() { leaving(t, c, sid, 100*time.Millisecond) })
		synctest.Wait()
	}
	group.Wait()
	synctest.Wait()
}

func TestAtMostTwoAttemptsRunOnAtAReplica(t *testing.T) {
	for _, names := range [][]string{{"a"}, {"a", "b"}} {
		inBubble(t, func(t *testing.T, f *fleet) {
			var now atomic.Int32
			f.all(underWay(&now, hang))
			c := f.client()
			abandon(t, c, "1", "2", "3", "4", "5", "6", "7", "8")
			if n := now.Load(); n != int32(2*len(names)) {
				t.Errorf("%d run on at %d replicas", n, len(names))
			}
			<-time.After(200 * time.Millisecond)
			abandon(t, c, "9", "10", "11") // they may not, while the others do
			if n := now.Load(); n != int32(2*len(names)) {
				t.Errorf("%d run on at %d replicas", n, len(names))
			}
			<-time.After(500 * time.Millisecond)
			if n := now.Load(); n != 0 {
				t.Errorf("%d run on past their timeout", n)
			}
			if s := statsOf(c, "a"); s.Failures != 2 || s.InFlight != 0 {
				t.Errorf("%+v", s)
			}
		}, names...)
	}
}

func TestWhatRunsOnLeavesItsPlaceToOthers(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(firstSlow(slowFor("slow", results("valid", 0, 0, 0))))
		c := f.client(narrow, patient)
		abandon(t, c, "slow")
		start := time.Now()
		expect(t, c, "other", true, sdk.Fresh)
		took(t, start, 0)
		if s := c.Stats(); s.Line.InFlight != 0 || statsOf(c, "a").InFlight != 1 {
			t.Errorf("%d batches under way, %d requests", s.Line.InFlight, statsOf(c, "a").InFlight)
		}
		<-time.After(time.Second)
		gathered(t, c, "x", "y")()
		if got := f.replicas["a"].sizes(); !slices.Equal(got, []int{1, 1, 1, 2}) {
			t.Errorf("requests of %v: the place was given back twice", got)
		}
	}, "a")
}

func TestABatchLeavesItsPlaceOnceAllItsPartsRunOn(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(firstSlow(slowFor("x", slowFor("y", results("valid", 0, 0, 0)))))
		c := f.client(narrow, patient, func(cfg *sdk.Config) { cfg.Protocol = "single" })
		first := begin(t, c, 1, "first")
		var group sync.WaitGroup
		group.Go(func() { leaving(t, c, "x", 200*time.Millisecond) })
		group.Go(func() { leaving(t, c, "y", 400*time.Millisecond) })
		<-time.After(250 * time.Millisecond)
		start := time.Now()
		expect(t, c, "other", true, sdk.Fresh)
		took(t, start, 150*time.Millisecond)
		first()
		group.Wait()
	}, "a")
}

func TestAYoungAttemptIsCancelledWithItsLastCaller(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(40*time.Millisecond, results("valid", 0, 0, 0)))
		c := f.client()
		for _, sid := range []string{"1", "2", "3", "4", "5"} {
			expect(t, c, sid, true, sdk.Fresh) // 40 ms in the median
			<-time.After(time.Second)
		}
		var now atomic.Int32
		f.all(underWay(&now, hang))
		leaving(t, c, "x", 39*time.Millisecond)
		if synctest.Wait(); now.Load() != 0 {
			t.Error("younger than the median, and it runs on")
		}
		leaving(t, c, "x", 41*time.Millisecond)
		if synctest.Wait(); now.Load() != 1 {
			t.Error("older than the median, and it was cancelled")
		}
		<-time.After(time.Second)
		if s := statsOf(c, "a"); s.Ignored != 1 || s.Failures != 1 {
			t.Errorf("%+v", s)
		}
	}, "a")
}

func TestAVerdictThatCameTooLateIsKept(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(300*time.Millisecond, results("invalid", 60, 0, 0)))
		c := f.client()
		abandon(t, c, "x")
		<-time.After(250 * time.Millisecond)
		expect(t, c, "x", false, sdk.Cached)
	}, "a")
}

func TestAVerdictThatCameTooLateAndAfterInvalidateIsNotKept(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(300*time.Millisecond, results("valid", 60, 60, 60)))
		c := f.client()
		abandon(t, c, "x", "y")
		c.Invalidate("x")
		<-time.After(250 * time.Millisecond)
		expect(t, c, "y", true, sdk.Cached)
		f.all(results("invalid", 60, 0, 0))
		expect(t, c, "x", false, sdk.Fresh)
	}, "a")
}

func TestAVerdictThatCameTooLateDoesNotReplaceANewerOne(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(300*time.Millisecond, results("valid", 60, 60, 60)))
		c := f.client()
		abandon(t, c, "x")
		f.all(results("invalid", 60, 0, 0))
		expect(t, c, "x", false, sdk.Fresh)
		<-time.After(time.Second)
		expect(t, c, "x", false, sdk.Cached)
	}, "a")
}

func TestNobodyJoinsWhatRunsOn(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(300*time.Millisecond, results("valid", 60, 0, 0)))
		c := f.client()
		abandon(t, c, "x")
		f.all(after(50*time.Millisecond, results("valid", 60, 0, 0)))
		start := time.Now()
		expect(t, c, "x", true, sdk.Fresh)
		took(t, start, 50*time.Millisecond)
		if s := c.Stats(); f.requests() != 2 || s.Checks.Coalesced != 0 {
			t.Errorf("%d requests, %+v", f.requests(), s.Checks)
		}
	}, "a")
}

func TestCloseCancelsWhatRunsOn(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		var now atomic.Int32
		f.all(underWay(&now, hang))
		c := f.client()
		abandon(t, c, "1", "2", "3")
		start := time.Now()
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		took(t, start, 0)
		if synctest.Wait(); now.Load() != 0 {
			t.Errorf("%d requests are left", now.Load())
		}
	}, "a", "b")
}
