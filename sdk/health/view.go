package health

import (
	"time"

	"ms2.internal/lb/sdk"
)

// view is what the page shows, in words ready to be shown: the page's script puts them in place and computes nothing.
type view struct {
	Client  string `json:"client"`
	Service string `json:"service"`
	Clock   string `json:"clock"` // the moment that is shown
	Closed  bool   `json:"closed"`

	Tone     tone          `json:"tone"`
	Summary  string        `json:"summary"`
	Problems []problemView `json:"problems"`

	Figures []figure     `json:"figures"`
	Origins []originView `json:"origins"`
	Origin  string       `json:"origin"` // a sentence for the bar

	Replicas  []replicaView `json:"replicas"`
	Known     string        `json:"known"` // how many replicas there are
	Discovery discoveryView `json:"discovery"`

	Events   []eventView `json:"events"` // the newest first
	Happened string      `json:"happened"`
	Groups   []group     `json:"groups"` // the numbers since the start
	Config   []pair      `json:"config"`
	About    string      `json:"about"` // version and age
}

// tone is how bad something is: it chooses a colour and an icon, which stand beside a word.
type tone string

const (
	bad  tone = "bad"
	warn tone = "warn"
	idle tone = "idle" // as it should be, and worth a look
	good tone = "good"
)

// rank sorts the worst first.
func (t tone) rank() int {
	switch t {
	case bad:
		return 0
	case warn:
		return 1
	case idle:
		return 2
	}
	return 3
}

// viewOf is a function of what it is given alone.
func viewOf(name string, s sdk.Stats, past *history) view {
	v := view{
		Client: clip(name, maxName), Service: clip(s.Service, maxName), Clock: clock(s.At, s.At), Closed: s.Closed,
		Summary: orNone(clip(s.Summary, maxText)), Problems: problemViews(s),
		Figures: figures(s, past), Origins: originViews(past), Origin: originSentence(past),
		Replicas: replicaViews(s, past), Known: known(len(s.Replicas)),
		Discovery: discoveryOf(s),
		Events:    eventViews(s), Happened: happened(s),
		Groups: groups(s), Config: configOf(s.Client.Config), About: about(s),
	}
	v.Tone = worst(s, v.Problems)
	return v
}

// worst is the tone of the whole.
func worst(s sdk.Stats, problems []problemView) tone {
	t := good
	for _, p := range problems {
		if p.Tone.rank() < t.rank() {
			t = p.Tone
		}
	}
	if s.Closed && t == good {
		return idle
	}
	return t
}

// problemView is a problem.
type problemView struct {
	Tone     tone   `json:"tone"`
	Severity string `json:"severity"`
	Replica  string `json:"replica"` // "" for none
	Text     string `json:"text"`
	Code     string `json:"code"` // reason and cause, as the runbook names them
	Since    string `json:"since"`
}

func problemViews(s sdk.Stats) []problemView {
	views, out := make([]problemView, len(s.Problems)), outSince(s)
	for i, p := range s.Problems {
		views[i] = problemView{
			Tone: toneOf(p.Severity), Severity: clip(string(p.Severity), maxName), Replica: clip(p.Replica, maxName),
			Text: clip(p.Text, maxText), Code: code(p.Reason, p.Cause), Since: since(earlier(p.Since, out[p.Replica]), s.At),
		}
	}
	return views
}

// toneOf takes a severity that it does not know for a warning.
func toneOf(s sdk.Severity) tone {
	switch s {
	case sdk.Critical:
		return bad
	case sdk.Notice:
		return idle
	}
	return warn
}

// code names a reason and what lies beneath, to be looked up in the runbook.
func code(reason, cause sdk.Reason) string {
	text := clip(string(reason), maxName)
	if cause != "" && cause != reason {
		if text != "" {
			text += " · "
		}
		text += clip(string(cause), maxName)
	}
	return text
}

func about(s sdk.Stats) string {
	text := "SDK " + orNone(clip(s.Client.Version, maxName))
	if !s.Client.Started.IsZero() {
		text += ", started " + s.Client.Started.UTC().Format(time.RFC3339) + ", " + age(s.At.Sub(s.Client.Started)) + " ago"
	}
	return text
}

func orNone(text string) string {
	if text == "" {
		return none
	}
	return text
}

func plural(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return count(int64(n)) + " " + more
}
