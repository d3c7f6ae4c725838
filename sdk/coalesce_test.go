package sdk_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
)

// leaving makes a check that must fail at its deadline, exactly then.
func leaving(t testing.TB, c *sdk.Client, sid string, d time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	start := time.Now()
	v, err := c.Validate(ctx, sid)
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != d {
		t.Errorf("%s: got %+v, %v after %v; want the deadline's error after %v", sid, v, err, time.Since(start), d)
	}
	return err
}

func TestOneCallersDeadlineIsNotTheOthers(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(300*time.Millisecond, results("valid", 60, 0, 0)))
		c := f.client()
		var group sync.WaitGroup
		group.Go(func() { leaving(t, c, "a", 50*time.Millisecond) })
		synctest.Wait()
		for range 9 {
			group.Go(func() { expect(t, c, "a", true, sdk.Fresh) })
		}
		group.Wait()
		if s := c.Stats(); f.requests() != 1 || s.Checks.Coalesced != 9 {
			t.Errorf("%d requests, %+v", f.requests(), s.Checks)
		}
	}, "a")
}

func TestACheckAfterACancelledOneIsAskedAnew(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(300*time.Millisecond, results("valid", 60, 0, 0)))
		c := f.client()
		leaving(t, c, "a", 50*time.Millisecond)
		<-time.After(10 * time.Millisecond)
		expect(t, c, "a", true, sdk.Fresh)
	}, "a")
}

func TestTheRequestIsCancelledWhenAllHaveLeftUnlessItIsOlderThanMost(t *testing.T) {
	for left, ends := range map[time.Duration]time.Duration{8 * time.Millisecond: 8 * time.Millisecond, 80 * time.Millisecond: 500 * time.Millisecond} {
		inBubble(t, func(t *testing.T, f *fleet) {
			ended := make(chan time.Duration, 1)
			begun := time.Now()
			f.all(func(w http.ResponseWriter, r *http.Request) { hang(w, r); ended <- time.Since(begun) })
			c := f.client()
			var group sync.WaitGroup
			group.Go(func() { leaving(t, c, "a", 5*time.Millisecond) })
			group.Go(func() { leaving(t, c, "a", left) })
			group.Wait()
			if at := <-ended; at != ends {
				t.Errorf("all left at %v, it ended at %v", left, at)
			}
		}, "a")
	}
}

func TestNeverTwoRequestsForOneSIDWhileAnybodyWaits(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(300*time.Millisecond, results("valid", 0, 0, 0)))
		c := f.client()
		var group sync.WaitGroup
		for i := range 20 {
			group.Go(func() { leaving(t, c, "a", time.Duration(i+1)*10*time.Millisecond) })
		}
		group.Go(func() { expect(t, c, "a", true, sdk.Fresh) })
		group.Wait()
		if f.requests() != 1 {
			t.Errorf("%d requests", f.requests())
		}
	}, "a")
}

// The only one to wait for a SID left; its batch goes on for another SID, so that who comes then can share it.
func TestALateCallerSharesWhatGoesOnAnyway(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(200*time.Millisecond, results("valid", 0, 0, 0)))
		c := f.client(func(cfg *sdk.Config) { cfg.BatchInflight = 1 })
		v := verdicts{t, c, make(chan sdk.Verdict, 3)}
		v.begin("first")
		v.begin("other")
		leaving(t, c, "a", 250*time.Millisecond)
		start := time.Now()
		expect(t, c, "a", true, sdk.Fresh)
		took(t, start, 150*time.Millisecond)
		if f.requests() != 2 {
			t.Errorf("%d requests", f.requests())
		}
	}, "a")
}

// The first caller's time must not bound the attempt that others share.
func TestACallerThatJoinsLateIsNotBoundByTheFirstOnesTime(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(400*time.Millisecond, results("valid", 60, 0, 0)))
		c := f.client()
		var group sync.WaitGroup
		group.Go(func() { leaving(t, c, "a", 100*time.Millisecond) })
		<-time.After(90 * time.Millisecond)
		group.Go(func() { expect(t, c, "a", true, sdk.Fresh) })
		group.Wait()
		if f.requests() != 1 {
			t.Errorf("%d requests", f.requests())
		}
	}, "a")
}

func TestTheReplicaIsToldHowLongItsAnswerIsWaitedFor(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(hang)
		c := f.client()
		leaving(t, c, "a", 100*time.Millisecond)
		leaving(t, c, "a", time.Second)
		for i, want := range []string{"100", "500"} {
			if got := f.replicas["a"].requests()[i].header.Get("MS2-Timeout-Ms"); got != want {
				t.Errorf("request %d: told %s ms, want %s", i, got, want)
			}
		}
	}, "a")
}

func TestTheDeadlinesErrorNamesTheReplicaThatIsAsked(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(hang)
		c := f.client()
		for _, d := range []time.Duration{100 * time.Millisecond, 2 * time.Second} {
			err := leaving(t, c, "a", d)
			var call *sdk.CallError
			if !errors.As(err, &call) || call.Replica != "a:80" || call.Attempts < 1 {
				t.Errorf("got %v", err)
			}
		}
	}, "a")
}
