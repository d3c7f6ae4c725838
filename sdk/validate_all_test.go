package sdk_test

import (
	"context"
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

// evens calls a SID valid that ends in an even digit, and has no answer for one that holds "lost".
func evens(i protocol.Item) protocol.Result {
	switch {
	case strings.Contains(i.SID, "lost"):
		return protocol.Result{}
	case strings.ContainsAny(i.SID[len(i.SID)-1:], "02468"):
		return protocol.Result{Status: "valid", MaxAge: 60}
	}
	return protocol.Result{Status: "invalid", MaxAge: 60}
}

func TestManyVerdictsComeInTheOrderOfTheChecks(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(answering(evens))
		c := f.client(func(cfg *sdk.Config) { cfg.BatchMax = 7 })
		sids := []string{}
		for i := range 200 {
			sids = append(sids, fmt.Sprint(i*3%50)) // each four times
		}
		vs, err := c.ValidateAll(t.Context(), sdk.SIDs(sids...))
		if err != nil || len(vs) != len(sids) {
			t.Fatalf("%d verdicts, %v", len(vs), err)
		}
		for i, v := range vs {
			if v.SID != sids[i] || v.Valid != (evens(protocol.Item{SID: sids[i]}).Status == "valid") {
				t.Errorf("%d: %s got %+v", i, sids[i], v)
			}
		}
		if f.requests() > (50+6)/7+8 {
			t.Errorf("%d requests", f.requests())
		}
	}, "a")
}

func TestNoChecksBringNoVerdictsAndNoError(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		c := f.client()
		for _, none := range [][]sdk.Check{nil, {}} {
			if vs, err := c.ValidateAll(t.Context(), none); err != nil || len(vs) != 0 {
				t.Errorf("got %v, %v", vs, err)
			}
		}
	}, "a")
}

func TestWhatCannotBeCheckedStandsBesideTheOtherVerdicts(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(answering(evens))
		c := f.client()
		vs, err := c.ValidateAll(t.Context(), sdk.SIDs("lost:0", "0", "a b", "1", "lost:1", "lost:0", "", "2"))
		var all sdk.CheckErrors
		if !errors.As(err, &all) || len(all) != 5 {
			t.Fatalf("got %v", err)
		}
		for i, index := range []int{0, 2, 4, 5, 6} {
			if all[i].Index != index || all[i].SID != vs[index].SID || vs[index] != (sdk.Verdict{SID: all[i].SID}) {
				t.Errorf("%d: got %+v and %+v", i, all[i], vs[index])
			}
		}
		if !vs[1].Valid || vs[3].Valid || vs[3].Origin != sdk.Fresh || !vs[7].Valid {
			t.Errorf("got %+v", vs)
		}
		if text := err.Error(); strings.Count(text, "ms2: check of") != 3 || !strings.HasSuffix(text, "; and 2 more") {
			t.Errorf("the error says %q", text)
		}
		if !errors.Is(err, sdk.ErrMalformedSID) || errors.Is(err, sdk.ErrClosed) {
			t.Errorf("errors.Is does not see through %v", err)
		}
	}, "a")
}

func TestOneLargeCallHasAtMostTwoBatchesOutstanding(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(100*time.Millisecond, results("valid", 60, 0, 0)))
		c := f.client(narrow, func(cfg *sdk.Config) { cfg.BatchMax = 10; cfg.QueueMax = 2*10 + 1 })
		checks := make([]sdk.Check, 100)
		for i := range checks {
			checks[i].SID = fmt.Sprint(i)
		}
		go func() {
			<-time.After(50 * time.Millisecond)
			start := time.Now()
			expect(t, c, "single", true, sdk.Fresh) // beside it
			if d := time.Since(start); d > 350*time.Millisecond {
				t.Errorf("a single check took %v", d)
			}
		}()
		if _, err := c.ValidateAll(t.Context(), checks); err != nil {
			t.Error(err)
		}
		for _, size := range f.replicas["a"].sizes() {
			if size > 10 {
				t.Errorf("a request of %d", size)
			}
		}
	}, "a")
}

func TestOneLargeCallDoesNotOverloadItself(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(100*time.Millisecond, results("valid", 60, 0, 0)))
		c := f.client(narrow, func(cfg *sdk.Config) { cfg.BatchMax = 10; cfg.QueueMax = 3 })
		checks := make([]sdk.Check, 30)
		for i := range checks {
			checks[i].SID = fmt.Sprint(i)
		}
		if _, err := c.ValidateAll(t.Context(), checks); err != nil {
			t.Error(err)
		}
	}, "a")
}

// The call waits for its first check to the end. What came for the others meanwhile is theirs.
func TestAVerdictThatCameInTimeCountsThoughAnotherCheckTookLonger(t *testing.T) {
	for range 20 {
		inBubble(t, func(t *testing.T, f *fleet) {
			f.all(func(w http.ResponseWriter, r *http.Request) {
				if itemsOf(r)[0].SID == "slow" {
					hang(w, r)
				}
				answering(evens)(w, r)
			})
			c := f.client(func(cfg *sdk.Config) { cfg.BatchMax = 1; cfg.BreakerFailures = sdk.Off })
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			vs, err := c.ValidateAll(ctx, sdk.SIDs("slow", "2"))
			if !errors.Is(err, context.DeadlineExceeded) || !vs[1].Valid {
				t.Fatalf("got %+v, %v", vs, err)
			}
		}, "a")
	}
}

func TestOptionsHoldForAllChecksOfACall(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(answering(evens))
		c := f.client()
		for _, want := range []sdk.Origin{sdk.Fresh, sdk.Cached} {
			vs, _ := c.ValidateAll(t.Context(), sdk.SIDs("1", "2"))
			if got := []sdk.Origin{vs[0].Origin, vs[1].Origin}; !slices.Equal(got, []sdk.Origin{want, want}) {
				t.Errorf("got %v", got)
			}
		}
		if vs, _ := c.ValidateAll(t.Context(), sdk.SIDs("1", "2"), sdk.NoCache()); vs[0].Origin != sdk.Fresh || vs[1].Origin != sdk.Fresh {
			t.Errorf("got %+v", vs)
		}
	}, "a")
}
