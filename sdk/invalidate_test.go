package sdk_test

import (
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
)

func TestInvalidateForgetsACachedVerdict(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(versioned("valid", "7", 60, 600, 600))
		c := f.client()
		expect(t, c, "a", true, sdk.Fresh)
		expect(t, c, "b", true, sdk.Fresh)
		f.all(results("invalid", 60, 0, 0))
		c.Invalidate("a", "never asked")
		expect(t, c, "a", false, sdk.Fresh)
		expect(t, c, "b", true, sdk.Cached)
		if sent := f.replicas["a"].requests()[2].items[0].Version; sent != "" {
			t.Errorf("revalidated by the version %q, which was forgotten", sent)
		}
	}, "a")
}

func TestWhatWasInvalidatedIsNotAnsweredInAnOutage(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		c := expired(t, f, "")
		f.all(status(500))
		c.Invalidate("a")
		refuses(t, c, "a", nil)
	}, "a")
}

// verdicts collects what checks bring that were begun one after the other.
type verdicts struct {
	t   *testing.T
	c   *sdk.Client
	got chan sdk.Verdict
}

func (v verdicts) begin(sid string, opts ...sdk.CheckOption) {
	go func() {
		got, err := v.c.Validate(v.t.Context(), sid, opts...)
		if err != nil {
			v.t.Errorf("%s: %v", sid, err)
		}
		v.got <- got
	}()
	synctest.Wait()
}

func TestAVerdictOnItsWayIsGivenButNotKept(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(200*time.Millisecond, results("valid", 60, 60, 60)))
		c := f.client()
		v := verdicts{t, c, make(chan sdk.Verdict, 2)}
		v.begin("a")
		c.Invalidate("a")
		f.all(after(300*time.Millisecond, results("invalid", 0, 0, 0)))
		v.begin("a") // does not join
		if first, second := <-v.got, <-v.got; !first.Valid || second.Valid {
			t.Errorf("got %+v, then %+v", first, second)
		}
		expect(t, c, "a", false, sdk.Fresh)
		if f.requests() != 3 {
			t.Errorf("%d requests, want 3", f.requests())
		}
	}, "a")
}

func TestACheckThatGathersMayGoOnAfterInvalidate(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(versioned("valid", "7", 1, 0, 60))
		c := f.client(func(cfg *sdk.Config) { cfg.BatchInflight = 1 })
		expect(t, c, "a", true, sdk.Fresh)
		<-time.After(time.Second)
		f.all(after(200*time.Millisecond, results("valid", 60, 0, 0)))
		v := verdicts{t, c, make(chan sdk.Verdict, 3)}
		v.begin("other")
		v.begin("a") // gathers, and holds version 7
		c.Invalidate("a")
		v.begin("a")
		<-v.got
		if first, second := <-v.got, <-v.got; first.Origin != sdk.Fresh || second.Origin != sdk.Fresh {
			t.Errorf("got %+v, %+v", first, second)
		}
		expect(t, c, "a", true, sdk.Cached)
		last := f.replicas["a"].requests()[2]
		if f.requests() != 3 || last.items[0].Version != "" {
			t.Errorf("%d requests, the last for %+v", f.requests(), last.items)
		}
	}, "a")
}

func TestARefreshOnItsWayIsNotKeptAfterInvalidate(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(results("valid", 1, 60, 60))
		c := f.client()
		expect(t, c, "a", true, sdk.Fresh)
		<-time.After(time.Second)
		f.all(after(100*time.Millisecond, results("valid", 60, 0, 0)))
		expect(t, c, "a", true, sdk.Stale)
		synctest.Wait()
		c.Invalidate("a")
		<-time.After(200 * time.Millisecond)
		f.all(results("invalid", 60, 0, 0))
		expect(t, c, "a", false, sdk.Fresh)
	}, "a")
}

// Nobody waits for the verdict any more, but its batch goes on for another check.
func TestAVerdictThatNobodyWaitsForIsNotKeptAfterInvalidate(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(200*time.Millisecond, results("valid", 60, 60, 60)))
		c := f.client(func(cfg *sdk.Config) { cfg.BatchInflight = 1 })
		v := verdicts{t, c, make(chan sdk.Verdict, 3)}
		v.begin("first")
		v.begin("other")
		leaving(t, c, "a", 250*time.Millisecond) // 50 ms after it was sent together with the other
		c.Invalidate("a")
		<-v.got
		<-v.got
		f.all(results("invalid", 60, 0, 0))
		expect(t, c, "a", false, sdk.Fresh)
	}, "a")
}
