package sdk_test

import (
	"strconv"
	"testing"
	"time"
)

// One replica of three that refuses what the others answer, refuses for load, or takes its time.

// leftOut is what is said of b when it is left out for doing worse than the others: of a cause, and in these words.
func leftOut(cause, words string) wrong {
	return wrong{
		summary: "1 of 3 replicas is out (b: " + words + "). Checks are answered.",
		problem: "warning {fails_more|answers_nothing|probe_refused} " + cause + " b",
		told:    []string{"? ailing b unanswered " + cause, "out b {fails_more|answers_nothing} " + cause, "back b back"},
		moves:   "outcomes.refused",
	}
}

// answersNothing is what is said of b when it answers nothing: of a cause, and what it does.
func answersNothing(cause, what string) wrong {
	return leftOut(cause, what+": answered none of its last # requests, the others {all but # %|answered all of theirs}{|; tried again in #}")
}

func TestWhatIsSaidOfAReplicaThatRefuses(t *testing.T) {
	const (
		token  = "refuses our token (401) while others accept it"
		others = "refuses what others answer (HTTP "
		empty  = others + "200 without the results that were asked for)"
	)
	rows := []wrong{
		answersNothing("token", token).answers("401", status(401)),
		answersNothing("token", token).answers("401 by the single door", status(401)).single(""),
		answersNothing("forbidden", others+"403)").answers("403", status(403)),
		answersNothing("refused", others+"404)").answers("404 of a proxy in HTML", inHTML(404)),
		answersNothing("refused", others+"404)").answers("404 by the single door", status(404)).single(""),
		answersNothing("refused", others+"404)").answers("404 by the single door, where it means invalid", status(404)).single("invalid"),
		answersNothing("refused", others+"422)").answers("422 that names the SIDs", namesAll),
		answersNothing("no_result", empty).answers("200 without results", inJSON(`{"results":[]}`)),
		answersNothing("no_result", empty).answers("200 with another SID", inJSON(`{"results":[{"sid":"`+bodyMark+`","status":"valid"}]}`)),
	}
	for _, code := range played([]int{400, 404, 405, 410, 422}, []int{404, 410}) {
		text := strconv.Itoa(code)
		rows = append(rows, answersNothing("refused", others+text+")").answers(text, status(code)))
	}
	playAll(t, rows...)
}

func TestWhatIsSaidOfAReplicaThatFailsNowAndThen(t *testing.T) {
	half := leftOut("status", "# % of its last # requests were not answered, of the others' {none|# %}{|; tried again in #} (last: HTTP 500)").
		answers("500 every other", everyOther(status(500), good())).moving("failures.status")
	half.mixed, half.lasts = true, time.Second // and until it shows: soon after it is tried again
	playAll(t, half)
}

func TestWhatIsSaidOfAReplicaThatShedsLoad(t *testing.T) {
	sheds := wrong{
		summary: "Replica b: sheds load: {asks for #, |}# left{| while another can be asked}. Checks are answered.",
		problem: "warning sheds_load shed b",
		told:    []string{"ailing b sheds_load shed", "well b", "? ailing b sheds_load shed", "? well b"}, // it may be tried again meanwhile
		moves:   "outcomes.shed",
	}
	playAll(t,
		sheds.answers("503 Retry-After 1", status(503, "Retry-After", "1")),
		sheds.answers("503 Retry-After 0", status(503, "Retry-After", "0")),
		sheds.answers("429", status(429)),
		sheds.answers("429 Retry-After 1", status(429, "Retry-After", "1")))
}

func TestWhatIsSaidOfAReplicaThatIsSlow(t *testing.T) {
	playAll(t, wrong{
		summary: "Replica b: its last answers took #, the others' #. Checks are answered.",
		problem: "warning slow b",
		told:    []string{"ailing b slow", "well b"},
		moves:   "replicas.1.latency.max_ms",
	}.answers("50 × slow", after(100*time.Millisecond, results("valid", 60, 0, 0))))
}
