package sdk_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// answersInTurn gives the n-th request the n-th answer, after the n-th time.
func answersInTurn(times []time.Duration, answers ...http.HandlerFunc) http.HandlerFunc {
	var n atomic.Int32
	return func(w http.ResponseWriter, r *http.Request) {
		i := int(n.Add(1)) - 1
		after(times[i], answers[i])(w, r)
	}
}

// threeAtOnce has three flights of one SID under way, of which the later two were begun past the ones before.
func threeAtOnce(t *testing.T, f *fleet, times []time.Duration, answers ...http.HandlerFunc) (*sdk.Client, verdicts) {
	f.all(answersInTurn(times, answers...))
	c := f.client()
	v := verdicts{t, c, make(chan sdk.Verdict, 3)}
	v.begin("a")
	for range 2 {
		<-time.After(time.Millisecond)
		v.begin("a", sdk.NoCache())
	}
	return c, v
}

func kept(status protocol.Status) http.HandlerFunc { return results(status, 60, 0, 0) }

// The second answer must not be kept, and is newer than the first, which comes after it.
func TestAnAnswerIsNotKeptOnceANewerOneWasThere(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		times := []time.Duration{200 * time.Millisecond, 100 * time.Millisecond, 400 * time.Millisecond, 0}
		c, v := threeAtOnce(t, f, times, kept("valid"), results("invalid", 0, 0, 0), kept("invalid"), kept("invalid"))
		<-v.got
		<-v.got // the older
		synctest.Wait()
		if n := c.Stats().Cache.Entries; n != 0 {
			t.Errorf("%d entries", n)
		}
		<-v.got
		expect(t, c, "a", false, sdk.Cached)
	}, "a")
}

// One of two flights that nobody may join any more ends; the other must still be known when the SID is invalidated.
func TestInvalidateReachesEachFlightThatNobodyMayJoin(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		times := []time.Duration{100 * time.Millisecond, 200 * time.Millisecond, 300 * time.Millisecond, 0}
		c, v := threeAtOnce(t, f, times, results("valid", 0, 0, 0), kept("valid"), results("valid", 0, 0, 0), kept("invalid"))
		<-v.got
		c.Invalidate("a")
		<-v.got
		synctest.Wait()
		if n := c.Stats().Cache.Entries; n != 0 {
			t.Errorf("%d entries", n)
		}
		<-v.got
		expect(t, c, "a", false, sdk.Fresh)
	}, "a")
}
