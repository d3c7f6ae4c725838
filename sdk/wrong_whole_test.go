package sdk_test

import (
	"net/http"
	"testing"
	"time"
)

// No replica of MS2 answers.

// allAnswer has all replicas answer so, and well again.
func (w wrong) allAnswer(name string, bad http.HandlerFunc) wrong {
	return w.plays(name, func(s *stage) { s.all(bad) }, func(s *stage) { s.all(good()) })
}

// allBreak is what is said when the breakers of all of these replicas open: of a cause, and what the last replica did.
func allBreak(cause, last string, replicas ...string) wrong {
	w := wrong{
		summary: "Checks fail: the circuit breaker of every replica is open; the last replica " + last + ".",
		problem: "critical circuit_open " + cause,
		mixed:   len(replicas) > 1,
		moves:   "checks.failed_by.circuit_open",
	}
	var backs []string
	for _, r := range replicas {
		w = w.also("? ailing "+r+" unanswered "+cause, "out "+r+" {failures_in_row|fails_more} "+cause)
		backs = append(backs, "? state "+r+" failures_in_row", "back "+r+" back")
	}
	return w.also("failing circuit_open " + cause).also(backs...).also("recovered circuit_open " + cause)
}

// fail is what is said when checks fail for a reason and a cause, in these words.
func fail(reason, cause, words string) wrong {
	return wrong{
		summary: "Checks fail: " + words + ".",
		problem: worded("critical", reason, cause),
		told:    []string{worded("failing", reason, cause), worded("recovered", reason, cause)},
		mixed:   true,
		moves:   "checks.failed_by." + reason,
	}
}

func TestWhatIsSaidWhenNoReplicaAnswers(t *testing.T) {
	abc := []string{"a", "b", "c"}
	hangs := allBreak("timeout", "did not answer in time", abc...).
		also("? failing deadline{| timeout}", "? recovered deadline{| timeout}") // a caller's time may be over before that
	impatient := hangs.allAnswer("all hang, deadline 150 ms", hang).moving("checks.failed_by.deadline")
	impatient.patience = 150 * time.Millisecond
	playAll(t,
		impatient,
		allBreak("connection_refused", "refused the connection", abc...).plays("all down", down(true, abc...), down(false, abc...)),
		hangs.allAnswer("all hang", hang),
		allBreak("status", "answered HTTP 500", abc...).allAnswer("all answer 500", status(500)),
		fail("deadline", "shed", "no verdict came in the time that callers give; the last replica refused for load").
			allAnswer("all answer 429", status(429, "Retry-After", "5")),
		fail("refused", "token", "MS2 refuses our token (401)").
			allAnswer("wrong token", status(401, "WWW-Authenticate", `Bearer realm="`+bodyMark+`"`)),
		fail("refused", "forbidden", "MS2 does not let us in (403)").allAnswer("all answer 403", status(403)),
		fail("refused", "refused", "MS2 refused the request (HTTP 404)").also("? failing budget_exhausted", "? recovered budget_exhausted").
			allAnswer("all answer 404 in HTML", inHTML(404)))
}
