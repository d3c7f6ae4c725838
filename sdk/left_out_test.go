package sdk_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// MS2 leaves out what it cannot answer. Another replica is asked for that, and nobody whose verdict is there waits for it.

// lacking answers all items but these.
func lacking(sids ...string) http.HandlerFunc {
	return answering(func(i protocol.Item) protocol.Result {
		if slices.Contains(sids, i.SID) {
			return protocol.Result{}
		}
		return protocol.Result{Status: "valid"}
	})
}

// ten are the SIDs of a batch.
func ten() (sids []string) {
	for i := range 10 {
		sids = append(sids, fmt.Sprint("ten:", i))
	}
	return sids
}

func TestWhatAReplicaLeftOutIsAskedElsewhereAndHoldsUpNoOther(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		leftOut := []string{"ten:2", "ten:5", "ten:9"}
		partly, rest := lacking(leftOut...), after(time.Second, lacking())
		f.all(firstSlow(func(w http.ResponseWriter, r *http.Request) {
			if len(itemsOf(r)) == 10 {
				partly(w, r)
				return
			}
			rest(w, r)
		}))
		c := f.client(narrow, patient)
		before := c.Stats()
		for sid, took := range gathered(t, c, ten()...)() {
			want := time.Duration(0)
			if slices.Contains(leftOut, sid) {
				want = time.Second
			}
			if took != want {
				t.Errorf("%s took %v, want %v", sid, took, want)
			}
		}
		a, b := f.replicas["a"].sizes(), f.replicas["b"].sizes()
		if slices.Contains(a, 10) == slices.Contains(b, 10) || slices.Contains(a, 3) == slices.Contains(b, 3) || slices.Contains(a, 10) == slices.Contains(a, 3) {
			t.Errorf("requests of %v and %v", a, b)
		}
		if s := c.Stats(); s.Attempts-before.Attempts != 3 || s.Retries-before.Retries != 1 || s.Checks.Fresh != 11 || s.Checks.Failed != 0 {
			t.Errorf("got %+v", s)
		}
	}, "a", "b")
}

func TestWhatNobodyCanAnswerFailsAloneAndSaysSo(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(lacking("ten:4"))
		c := f.client()
		all, err := c.ValidateAll(t.Context(), sdk.SIDs(ten()...))
		var failed sdk.CheckErrors
		if !errors.As(err, &failed) || len(failed) != 1 || failed[0].SID != "ten:4" || !strings.Contains(failed[0].Error(), "no result for this SID") {
			t.Errorf("got %v", err)
		}
		for i, v := range all {
			if v.Valid != (i != 4) {
				t.Errorf("got %+v", v)
			}
		}
		if n := f.requests(); n != 3 {
			t.Errorf("%d requests, want one to each replica", n)
		}
	}, "a", "b", "c")
}

// One replica of three leaves out what the others answer: that is its fault, and no check fails for it.
func TestAReplicaThatLeavesOutALotFailsNoCheckAndIsAskedLess(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(2*time.Millisecond, lacking()))
		f.replicas["a"].answer(after(2*time.Millisecond, lacking(ten()[:6]...)))
		c := f.client()
		for range 300 {
			if _, err := c.ValidateAll(t.Context(), sdk.SIDs(ten()...)); err != nil {
				t.Error(err)
			}
			<-time.After(20 * time.Millisecond)
		}
		if s := c.Stats(); s.Budget < 50 || len(f.replicas["a"].requests()) > 75 {
			t.Errorf("a budget of %v, %d requests of 300 to the one", s.Budget, len(f.replicas["a"].requests()))
		}
	}, "a", "b", "c")
}
