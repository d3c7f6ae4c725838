package sdk_test

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// cutOff declares 500 bytes and closes after some of them.
func cutOff(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "500")
	io.WriteString(w, `{"results":[{"sid":"x","status":"valid","max_age":60}]}`) //nolint:errcheck // it is cut off anyway
	panic(http.ErrAbortHandler)
}

func TestABrokenBodyIsRetriedElsewhereAndOpensTheBreaker(t *testing.T) {
	bodies := map[string]http.HandlerFunc{
		"cut off":       cutOff,
		"broken JSON":   raw(`{"results":[{"sid":"x","status":"valid","max_age":60]}`),
		"HTML":          raw("<!doctype html><title>x valid</title>"),
		"another shape": raw(`{"x":true}`),
		"empty":         raw(""),
		"trailing":      raw(`{"results":[{"sid":"x","status":"valid","max_age":60}]}{}`),
	}
	for name, body := range bodies {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, f *fleet) {
				f.replicas["a"].answer(body)
				f.replicas["b"].answer(results("invalid", 60, 0, 0))
				c := f.client()
				for range 100 {
					expect(t, c, "x", false, sdk.Fresh, sdk.NoCache())
					<-time.After(3 * time.Second)
				}
				if s := statsOf(c, "a"); s.Successes != 0 || s.Failures < 5 || s.Breaker == "closed" {
					t.Errorf("got %+v", s)
				}
			}, "a", "b")
		})
	}
}

func statsOf(c *sdk.Client, name string) sdk.ReplicaStats {
	for _, s := range c.Stats().Replicas {
		if s.Addr == name+":80" {
			return s
		}
	}
	return sdk.ReplicaStats{}
}

func TestNothingOfABrokenBodyIsKept(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(cutOff)
		c := f.client()
		refuses(t, c, "x", nil)
		if n := c.Stats().Cache.Entries; n != 0 {
			t.Errorf("%d entries", n)
		}
	}, "a")
}

// written answers with results as they stand.
func written(results ...protocol.Result) http.HandlerFunc {
	return raw(string(protocol.AppendResponse(nil, protocol.Response{Results: results})))
}

func valid(sid string) protocol.Result { return protocol.Result{SID: sid, Status: "valid", MaxAge: 60} }
func invalid(sid string) protocol.Result {
	return protocol.Result{SID: sid, Status: "invalid", MaxAge: 60}
}

func TestAResultIsBelievedForTheSIDItNamesAlone(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(50*time.Millisecond, written(valid("first:0"), valid("d"), valid("unasked"), invalid("c"), valid("b"), invalid("b"), valid("d"), valid("A"), valid("unasked:2"))))
		c := f.client(narrow)
		first := begin(t, c, 1, "first") // the others gather behind it
		vs, err := c.ValidateAll(t.Context(), sdk.SIDs("a", "b", "c", "d"))
		first()
		errs := err.(sdk.CheckErrors)
		if len(errs) != 2 || errs[0].SID != "a" || errs[1].SID != "b" {
			t.Errorf("got %v", err)
		}
		if vs[0].Valid || vs[1].Valid || vs[2].Origin != sdk.Fresh || vs[2].Valid || !vs[3].Valid {
			t.Errorf("got %+v", vs)
		}
		s := c.Stats()
		if s.Unasked != 8+4 || s.Attempts != 2 || s.Cache.Entries != 3 {
			t.Errorf("got %+v", s)
		}
	}, "a")
}

func TestTheThirdOfThreeResultsDoesNotHealTwoThatDiffer(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(written(valid("x"), invalid("x"), valid("x")))
		refuses(t, f.client(), "x", nil)
	}, "a")
}

// poison refuses with a status every batch that holds the SID "poison".
func poison(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for _, item := range itemsOf(r) {
			if strings.HasPrefix(item.SID, "poison") {
				status(code)(w, r)
				return
			}
		}
		results("valid", 60, 0, 0)(w, r)
	}
}

func TestOfARefusedBatchTheCulpritAloneFails(t *testing.T) {
	for _, code := range []int{400, 413, 422} {
		inBubble(t, func(t *testing.T, f *fleet) {
			f.all(after(50*time.Millisecond, poison(code)))
			c := f.client(narrow)
			busy := begin(t, c, 1, "first")
			sids := []string{"poison"}
			for i := range 99 {
				sids = append(sids, strconv.Itoa(i))
			}
			before, start := c.Stats().Budget, time.Now()
			_, err := c.ValidateAll(t.Context(), sdk.SIDs(sids...))
			busy()
			if errs := err.(sdk.CheckErrors); len(errs) != 1 || errs[0].SID != "poison" || !strings.Contains(err.Error(), strconv.Itoa(code)) {
				t.Errorf("got %v", err)
			}
			s := c.Stats()
			refilled := 10*time.Since(start).Seconds() + 0.2*float64(s.Batches)
			if spent := before - s.Budget; s.Retries < 2 || spent < float64(s.Retries)-refilled || statsOf(c, "a").Breaker != "closed" {
				t.Errorf("spent %v of the budget on %d extra requests", spent, s.Retries)
			}
		}, "a")
	}
}

func TestSplitsEndWithTheBudget(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(status(413))
		c := f.client()
		checks := make([]sdk.Check, 500)
		for i := range checks {
			checks[i].SID = strconv.Itoa(i)
		}
		_, err := c.ValidateAll(t.Context(), checks)
		if errs := err.(sdk.CheckErrors); len(errs) != len(checks) || !strings.Contains(errs[250].Error()+errs[499].Error(), "413") {
			t.Errorf("got %v", err)
		}
		if s := c.Stats(); float64(s.Retries) > 101+0.2*float64(s.Batches) {
			t.Errorf("%d extra requests for %d batches", s.Retries, s.Batches)
		}
	}, "a")
}

// A part of a refused batch meets failing replicas as often as a batch that was never split.
func TestPartsOfABatchAreRetriedLikeAny(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(poison(413))
		f.replicas["a"].answer(status(500))
		c := f.client(func(cfg *sdk.Config) { cfg.Attempts = 3; cfg.BreakerFailures = sdk.Off })
		for round := range 20 {
			sids := []string{"poison"}
			for i := range 31 {
				sids = append(sids, strconv.Itoa(round*100+i))
			}
			_, err := c.ValidateAll(t.Context(), sdk.SIDs(sids...))
			if errs := err.(sdk.CheckErrors); len(errs) != 1 || errs[0].SID != "poison" {
				t.Errorf("round %d: got %v", round, err)
			}
			<-time.After(10 * time.Second)
		}
	}, "a", "b")
}
