package delivery

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk/internal/cache"
)

// forbidden is what the agreements of these tests are on.
var forbidden = opinion{status: http.StatusForbidden, door: cache.Batch}

// looks fails the test unless there is an agreement, or none, and it is to be renewed, or not; it returns since when verdicts count.
func (a *agreements) looks(t *testing.T, held, renew bool) time.Time {
	t.Helper()
	since, h, r := a.look(forbidden, "token")
	if h != held || r != renew {
		t.Errorf("held %t, to be renewed %t; want %t, %t", h, r, held, renew)
	}
	return since
}

func TestAnAgreementHoldsForWhatItWasMadeOnAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a agreements
		a.looks(t, false, false)
		a.make(forbidden, "token")
		a.looks(t, true, false)
		for _, other := range []opinion{{status: http.StatusBadRequest, door: cache.Batch}, {status: http.StatusForbidden, door: cache.Single}} {
			if _, held, _ := a.look(other, "token"); held {
				t.Errorf("it holds for %+v, too", other)
			}
		}
	})
}

func TestAnAgreementEndsAfterThreeSecondsUnlessItIsRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a agreements
		a.make(forbidden, "token")
		<-time.After(3*time.Second - 1)
		a.looks(t, true, true) // one was let out, and did not renew it
		<-time.After(1)
		a.looks(t, false, false)
		a.make(forbidden, "token")
		<-time.After(2 * time.Second)
		a.make(forbidden, "token")
		<-time.After(3*time.Second - 1)
		a.looks(t, true, true)
	})
}

func TestOneBatchASecondRenewsAnAgreementWhileTheOthersGoByIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a agreements
		a.make(forbidden, "token")
		<-time.After(time.Second - 1)
		a.looks(t, true, false)
		<-time.After(1)
		var renewing atomic.Int32
		var group sync.WaitGroup
		for range 100 {
			group.Go(func() {
				if _, held, renew := a.look(forbidden, "token"); renew {
					renewing.Add(1)
				} else if !held {
					t.Error("no agreement")
				}
			})
		}
		group.Wait()
		if n := renewing.Load(); n != 1 {
			t.Errorf("%d renew it", n)
		}
		<-time.After(time.Second) // that one had no luck
		a.looks(t, true, true)
		a.make(forbidden, "token")
		a.looks(t, true, false)
	})
}

func TestVerdictsCountSinceAnAgreementWasMadeAndOnceRenewedSinceTheTimeBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a agreements
		start := time.Now()
		for _, since := range []time.Duration{0, 0, time.Second, 2 * time.Second} {
			a.make(forbidden, "token")
			if got := a.looks(t, true, false).Sub(start); got != since {
				t.Errorf("since %v, want %v", got, since)
			}
			<-time.After(time.Second)
		}
		<-time.After(2 * time.Second) // it is over
		a.make(forbidden, "token")
		if got := a.looks(t, true, false).Sub(start); got != 6*time.Second {
			t.Errorf("since %v", got)
		}
	})
}

func TestAnAgreementEndsWhenTheTokenChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a agreements
		a.make(forbidden, "token")
		if _, held, _ := a.look(forbidden, "renewed"); held {
			t.Error("it outlives its token")
		}
		a.looks(t, false, false) // nor does it come back with the token
		<-time.After(time.Second)
		a.make(forbidden, "renewed")
		if since, held, _ := a.look(forbidden, "renewed"); !held || !since.Equal(time.Now()) {
			t.Errorf("held %t, since %v ago", held, time.Since(since))
		}
	})
}
