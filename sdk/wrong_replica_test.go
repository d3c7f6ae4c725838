package sdk_test

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

// One bad replica of three, in the ways that integration/badreplica has: b is bad for a time, and good again.

// good is how replicas answer when nothing is wrong.
func good() http.HandlerFunc { return after(2*time.Millisecond, results("valid", 60, 0, 0)) }

// answers has b answer so, and well again.
func (w wrong) answers(name string, bad http.HandlerFunc) wrong {
	return w.plays(name, func(s *stage) { s.replicas["b"].answer(bad) }, func(s *stage) { s.replicas["b"].answer(good()) })
}

// single asks by the single door, in which bare says what a bare 404 means.
func (w wrong) single(bare string) wrong {
	w.configure = func(cfg *sdk.Config) { cfg.Protocol, cfg.NotFound = "single", bare }
	return w
}

// failure is the kind of failure that a cause counts as.
func failure(cause string) string {
	return cmp.Or(map[string]string{"connection_refused": "connect", "scheme": "tls"}[cause], cause)
}

// breaks is what is said of b when its breaker opens: of a cause, and the words for it.
func breaks(cause, last string) wrong {
	return wrong{
		summary: "1 of 3 replicas is out (b: the probe failed{|, # times by now}{|; probed again in #} (last: " + last + ")). Checks are answered.",
		problem: "warning probe_failed " + cause + " b",
		told: []string{
			"? ailing b unanswered " + cause, "out b {failures_in_row|fails_more} " + cause, "? state b failures_in_row", "back b back",
		},
		moves: "failures." + failure(cause),
	}
}

// down has replicas refuse connections, or take them again.
func down(down bool, names ...string) func(*stage) {
	return func(s *stage) {
		for _, name := range names {
			s.replicas[name].listener.SetDown(down)
		}
	}
}

func TestWhatIsSaidOfAReplicaThatFails(t *testing.T) {
	hangs := breaks("timeout", "no answer within 500ms (MS2_ATTEMPT_TIMEOUT)").answers("hangs", hang)
	hangs.mixed, hangs.lasts = true, 30*time.Second // what answers nothing is seldom asked
	const noSense = "HTTP 200 that makes no sense"
	rows := []wrong{
		hangs,
		breaks("connection_refused", "connection refused").plays("killed", down(true, "b"), down(false, "b")),
		breaks("reset", "the connection broke before the answer").answers("reset", hangUp),
		breaks("redirect", "HTTP 302 that points elsewhere").answers("302", says(302, "text/html", bodyMark, "Location", "/"+bodyMark)),
		breaks("status", "HTTP 204").answers("204", says(204, "", "")),
		breaks("status", "HTTP 500").answers("500 by the single door", status(500)).single(""),
		breaks("malformed", noSense).answers("200 in HTML", inHTML(200)),
		breaks("malformed", noSense).answers("200, JSON cut off", inJSON(`{"results":[{"sid":"`+bodyMark)),
	}
	for _, code := range played([]int{500, 501, 502, 503, 504, 408, 421, 425}, []int{501, 504}) {
		rows = append(rows, breaks("status", fmt.Sprint("HTTP ", code)).answers(strconv.Itoa(code), status(code)))
	}
	if played(true, false) { // its bytes take the race detector's time
		rows = append(rows, breaks("malformed", "the body is larger than # bytes").answers("200, endless body", endless))
	}
	playAll(t, rows...)
}

func TestWhatIsSaidOfAReplicaThatHangsWhileCallersAreImpatient(t *testing.T) {
	hangs := breaks("timeout", "no answer within 500ms (MS2_ATTEMPT_TIMEOUT)").
		also("* failing deadline{| timeout}", "* recovered deadline{| timeout}").answers("deadline 150 ms", hang)
	hangs.mixed, hangs.lasts, hangs.patience = true, 30*time.Second, 150*time.Millisecond
	hangs.summary = "{" + hangs.summary + "|# of # checks that needed MS2 failed: no verdict came in the time that callers give. The others are answered.}" // now and then
	hangs.problem = "{" + hangs.problem + "|warning deadline}"
	leave := hangs
	leave.name, leave.leaves = "cancelled at 150 ms", true
	playAll(t, hangs, leave)
}
