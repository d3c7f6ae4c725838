package sdk_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// row is one of section 5's table: what came back, what it counts for, and what then.
type row struct {
	name    string
	answer  http.HandlerFunc
	counts  func(sdk.ReplicaStats) int64
	retried bool   // on the other replica
	stale   bool   // may be answered if there is no other
	says    string // a part of the error if there is none
}

func failures(s sdk.ReplicaStats) int64 { return s.Failures }
func shed(s sdk.ReplicaStats) int64     { return s.Shed }
func refusals(s sdk.ReplicaStats) int64 { return s.Refused }

var table = []row{
	{"500", status(500), failures, true, true, "500"},
	{"502", status(502), failures, true, true, "502"},
	{"503", status(503), failures, true, true, "503"},
	{"504", status(504), failures, true, true, "504"},
	{"a timeout", hang, failures, true, true, "attempt timeout"},
	{"a closed connection", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, failures, true, true, "EOF"},
	{"a redirect", http.RedirectHandler("/login", http.StatusFound).ServeHTTP, failures, true, true, "not followed"},
	{"not JSON", raw("<html>welcome</html>"), failures, true, true, "malformed"},
	{"cut-off JSON", raw(`{"results":[{"sid":"x","sta`), failures, true, true, "malformed"},
	{"too large", raw(strings.Repeat(" ", protocol.MaxResponseBytes+1)), failures, true, true, "larger"},
	{"unchanged unasked", results("unchanged", 60, 0, 0), failures, true, true, "malformed"},
	{"429", status(429), shed, true, true, "429"},
	{"503 with Retry-After", status(503, "Retry-After", "0"), shed, true, true, "503"},
	{"401", status(401), refusals, true, false, "MS2_TOKEN"},
	{"403", status(403), refusals, true, false, "MS2_TOKEN"},
	{"400", status(400), refusals, true, false, "400"},
	{"413", status(413), refusals, true, false, "413"},
	{"422", status(422), refusals, true, false, "422"},
	{"410", status(410), refusals, true, false, "410"},
	{"418", status(418), refusals, true, false, "418"},
	{"404 at both doors", status(404), refusals, true, false, "MS2_NOT_FOUND"},
	{"a missing result", results("", 0, 0, 0), refusals, true, true, "no result"},
	{"408", status(408), failures, true, true, "408"},
	{"421", status(421), failures, true, true, "421"},
	{"425", status(425), failures, true, true, "425"},
}

func TestWhatAnAnswerCountsForItsReplica(t *testing.T) {
	for _, row := range table {
		t.Run(row.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, f *fleet) {
				c := f.client(func(cfg *sdk.Config) { cfg.Attempts = 1 })
				f.all(row.answer)
				err := refuses(t, c, "x", nil)
				var call *sdk.CallError
				if !errors.As(err, &call) || call.Replica != "a:80" || !strings.Contains(err.Error(), row.says) {
					t.Errorf("got %v", err)
				}
				s := c.Stats().Replicas[0]
				if sum := s.Successes + s.Failures + s.Refused + s.Shed + s.Ignored; row.counts(s) != 1 || sum != 1 || s.InFlight != 0 {
					t.Errorf("counted %+v", s)
				}
			}, "a")
		})
	}
}

func TestWhatAnAnswerIsRetriedFor(t *testing.T) {
	for _, row := range table {
		t.Run(row.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, f *fleet) {
				c := f.client()
				f.replicas["a"].answer(row.answer)
				for len(f.replicas["a"].requests()) == 0 {
					v, err := c.Validate(t.Context(), "x", sdk.NoCache())
					if asked := len(f.replicas["a"].requests()) > 0; asked && (err == nil) != row.retried {
						t.Errorf("got %+v, %v; want a retry: %t", v, err, row.retried)
					}
				}
			}, "a", "b")
		})
	}
}

func TestWhatAnAnswerLetsBeAnsweredStale(t *testing.T) {
	for _, row := range table {
		t.Run(row.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, f *fleet) {
				c := expired(t, f, "")
				f.all(row.answer)
				if row.stale {
					expect(t, c, "a", true, sdk.Stale)
				} else {
					refuses(t, c, "a", nil)
				}
			}, "a")
		})
	}
}

func TestARefusedTokenOpensNoBreaker(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		c := f.client()
		f.all(status(401))
		for range 50 {
			refuses(t, c, "x", nil)
		}
		f.all(results("valid", 60, 0, 0))
		start := time.Now()
		expect(t, c, "x", true, sdk.Fresh)
		took(t, start, 0)
	}, "a")
}
