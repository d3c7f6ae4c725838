package sdk_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// bareNotFound are single doors that answer an unknown SID with a 404 and not a word more.
func bareNotFound(cfg *sdk.Config) {
	cfg.Protocol, cfg.NotFound, cfg.CacheEntries = "single", "invalid", sdk.Off
}

// wordless is such a door, at work.
func wordless() http.HandlerFunc {
	return after(workTime, pages(func(i protocol.Item) protocol.Result {
		if truthOf(i.SID) == protocol.StatusValid {
			return truth(i)
		}
		return protocol.Result{}
	}))
}

// misrouted answers every path so.
var misrouted = with(http.StatusNotFound, empty)

// neverWrong fails the test if a verdict is not the truth, and counts the checks that had none.
func neverWrong(t *testing.T, all []came) (failed int) {
	t.Helper()
	for _, a := range all {
		switch {
		case a.err != nil:
			failed++
		case !a.right():
			t.Errorf("%s: got %+v", a.sid, a.v)
		}
	}
	return failed
}

func TestAMisroutedFleetCondemnsNoGenuineSIDAndHealsAtOnce(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(wordless())
		c, begins, lasts := f.client(bareNotFound), 3*time.Second, 7*time.Second
		start := time.Now()
		time.AfterFunc(begins, func() { f.all(misrouted) })
		time.AfterFunc(begins+lasts, func() { f.all(wordless()) })
		for _, a := range steadily(t, c, aSecond, begins+lasts+2*time.Second, sparsely) {
			since := a.began.Sub(start) - begins
			answered, unclear := since < 0 || since >= lasts, -longestControl <= since && since < 0 // which waited for a control
			if a.err == nil && !(a.right() && answered) || a.err != nil && answered && !unclear {
				t.Errorf("%s, %v after the path was lost: got %+v, %v", a.sid, since, a.v, a.err)
			}
		}
	}, "a", "b", "c")
}

// longestControl is how long a bare 404 waits for a control at most.
const longestControl = 100*time.Millisecond + 2*workTime

// sparsely is a new SID each time, each tenth of them forged.
func sparsely(i int) string {
	if i%10 == 9 {
		return fmt.Sprint("forged:", i)
	}
	return fmt.Sprint("good:", i)
}

func TestAReplicaWhoseRouteBreaksAnswersNothingWrongWhileOthersAnswer(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(wordless())
		c, start := f.client(bareNotFound), time.Now()
		time.AfterFunc(3*time.Second, func() { f.replicas["bad"].answer(misrouted) })
		for _, a := range steadily(t, c, aSecond, 8*time.Second, sparsely) {
			if !a.right() {
				t.Errorf("%s, after %v: got %+v, %v", a.sid, a.began.Sub(start), a.v, a.err)
			}
		}
		var late int
		for _, r := range f.replicas["bad"].requests() {
			if r.at > 4*time.Second {
				late++
			}
		}
		if late > 4*aSecond/50 {
			t.Errorf("%d requests once it was found out", late)
		}
	}, "a", "b", "bad")
}

func TestAControlIsKeptWithoutAge(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(wordless())
		c := f.client(bareNotFound)
		if err := refuses(t, c, "forged:0", nil); err == nil {
			t.Error("believed before it called a SID valid")
		}
		expect(t, c, "good:1", true, sdk.Fresh)
		for i := range 100 {
			<-time.After(10 * time.Second)
			expect(t, c, fmt.Sprint("forged:", i), false, sdk.Fresh)
		}
	}, "a")
}

func TestControlsAreAskedPastCachesAndTenTimesASecondAtMost(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(wordless())
		c := f.client(bareNotFound)
		expect(t, c, "good:control", true, sdk.Fresh)
		neverWrong(t, steadily(t, c, aSecond, 5*time.Second, func(i int) string { return fmt.Sprint("forged:", i) }))
		var last time.Duration
		controls := f.replicas["a"].requests()[1:]
		controls = slices.DeleteFunc(controls, func(a asked) bool { return truthOf(a.items[0].SID) == protocol.StatusInvalid })
		for i, a := range controls {
			if a.header.Get("Cache-Control") != "no-cache" || i > 0 && a.at-last < 100*time.Millisecond {
				t.Errorf("control %d, %v after the one before: %v", i, a.at-last, a.header)
			}
			last = a.at
		}
		if len(controls) < 10 {
			t.Errorf("%d controls", len(controls))
		}
	}, "a")
}

// What waits for a control waits by itself: it must not hold the place of checks that could be answered.
func TestForgedSIDsThatWaitForAControlHoldUpNoGenuineOne(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(wordless())
		c := f.client(bareNotFound)
		slowest := time.Duration(0)
		for _, a := range steadily(t, c, aSecond, 5*time.Second, evenly) {
			if !a.right() {
				t.Errorf("%s: got %+v, %v", a.sid, a.v, a.err)
			}
			if truthOf(a.sid) == protocol.StatusValid {
				slowest = max(slowest, a.took)
			}
		}
		if slowest > 4*workTime {
			t.Errorf("a genuine SID took %v, where a request takes %v", slowest, workTime)
		}
	}, "a", "b", "c")
}

// After a start nearly all that comes is forged: what one replica called valid is asked of the others, so that none of them is taken
// for something else than MS2.
func TestAFloodOfForgedSIDsLeavesNoReplicaOutThatWasAskedForNoValidOneYet(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(wordless())
		c := f.client(bareNotFound)
		seldom := func(i int) string { return fmt.Sprint([]string{"good:", "forged:"}[min(1, i%20)], i) }
		for i, a := range steadily(t, c, aSecond, 10*time.Second, seldom) {
			if !a.right() {
				t.Errorf("%d: %s: got %+v, %v", i, a.sid, a.v, a.err)
			}
		}
		for _, s := range c.Stats().Replicas {
			if s.State != "ready" || s.Picks < int64(500*aSecond/300) {
				t.Errorf("%+v", s)
			}
		}
	}, "a", "b", "c")
}
