package health

import (
	"math"
	"strconv"

	"ms2.internal/lb/sdk"
)

// The seconds over which the figures are made: a rate shows at once what changes, a part of all does not jump about.
const (
	rateOver = 5
	partOver = 60
)

// figure is a number that tells much of the whole.
type figure struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	Note  string `json:"note"`
	Tone  tone   `json:"tone"`
	Spark spark  `json:"spark"`
}

func figures(s sdk.Stats, past *history) []figure {
	lost, checks := &past.origins[failed], past.checks()
	part := share(past.answered(partOver), past.answered(partOver)+lost.mean(partOver))
	return []figure{
		{"Answered", percent(part), "of the last minute's checks; " + rate(lost.mean(partOver)) + " failed", toneOfAnswered(part),
			sparkOf("checks failed", lost, lost.most(), rate)},
		{"Checks", rate(checks.mean(rateOver)), "answered or failed", good, sparkOf("checks", &checks, checks.most(), rate)},
		{"p99 of checks asked", latency(s.Latency, p99), latencyNote(s.Latency), good,
			sparkOf("p99", &past.p99, past.p99.most(), milliseconds)},
		{"Requests saved", percent(past.savedOver(partOver)), savedNote(past.requestsOver(partOver)), good,
			sparkOf("requests saved", &past.saved, 1, percent)},
		{"Retry budget", percent(share(s.Budget, s.BudgetMax)), budgetNote(s), toneOfBudget(s),
			sparkOf("retry budget", &past.budget, 1, percent)},
	}
}

// answered is how many checks a second got a verdict.
func (h *history) answered(seconds int) float64 {
	sum := 0.0
	for i := range failed {
		sum += h.origins[i].mean(seconds)
	}
	return sum
}

// checks is all checks a second, but for those whose caller left.
func (h *history) checks() series {
	all := h.origins[0]
	for i := range all.values {
		for j := 1; j < origins; j++ {
			all.values[i] += h.origins[j].values[i]
		}
	}
	return all
}

// share is a part of a whole; NaN when the whole is nothing.
func share(part, whole float64) float64 {
	if !(whole > 0) {
		return math.NaN()
	}
	return part / whole
}

// toneOfAnswered is bad when more than one check in a hundred is lost.
func toneOfAnswered(part float64) tone {
	switch {
	case part < 0.99:
		return bad
	case part < 1:
		return warn
	}
	return good
}

func toneOfBudget(s sdk.Stats) tone {
	if s.BudgetMax > 0 && s.Budget < 1 {
		return warn
	}
	return good
}

func budgetNote(s sdk.Stats) string {
	if s.BudgetMax <= 0 {
		return "for extra attempts"
	}
	return number(math.Floor(s.Budget)) + " of " + number(s.BudgetMax) + " extra attempts left; " + count(s.BudgetRefusals) + " refused"
}

// savedNote says what is saved: without the SDK each check would be a request.
func savedNote(requests float64) string {
	if !finite(requests) {
		return "of one for each check"
	}
	return trimmed(requests, 2) + " requests a check"
}

func p50(l sdk.LatencyStats) float64 { return l.P50MS }
func p99(l sdk.LatencyStats) float64 { return l.P99MS }

// latency is one quantile.
func latency(l *sdk.LatencyStats, of func(sdk.LatencyStats) float64) string {
	if l == nil {
		return none
	}
	return milliseconds(of(*l))
}

func latencyNote(l *sdk.LatencyStats) string {
	if l == nil {
		return "none asked and answered of late"
	}
	return "median " + milliseconds(l.P50MS) + ", most " + milliseconds(l.MaxMS)
}

// originView is one part of the bar: where verdicts came from in the last minute.
type originView struct {
	Key   string `json:"key"` // chooses the colour
	Name  string `json:"name"`
	Share string `json:"share"`
	Rate  string `json:"rate"`
	X     string `json:"x"` // of the part of the bar, in percent
	Width string `json:"width"`
}

// originNames are the keys and the names of the origins.
var originNames = [origins][2]string{
	{"fresh", "fresh (asked)"}, {"cached", "cached"}, {"stale", "stale"}, {"attested", "attested (signed)"}, {"failed", "failed"},
}

func originViews(past *history) []originView {
	var parts [origins]float64
	all, x := 0.0, 0.0
	for i := range parts {
		parts[i] = past.origins[i].mean(partOver)
		all += parts[i]
	}
	views := make([]originView, origins)
	for i, name := range originNames {
		part := share(parts[i], all)
		views[i] = originView{Key: name[0], Name: name[1], Share: percent(part), Rate: rate(parts[i]), X: "0", Width: "0"}
		if part > 0 {
			views[i].X, views[i].Width = svgNumber(100*x), svgNumber(100*part)
			x += part
		}
	}
	return views
}

func originSentence(past *history) string {
	answered := past.answered(partOver) + past.origins[failed].mean(partOver)
	switch {
	case math.IsNaN(answered):
		return "no history yet"
	case answered == 0:
		return "no checks in the last minute"
	}
	return "of the last minute's checks"
}

func svgNumber(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }
