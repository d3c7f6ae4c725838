package health

import (
	"slices"
	"time"

	"ms2.internal/lb/sdk"
)

// eventView is an event.
type eventView struct {
	Clock   string `json:"clock"`
	Ago     string `json:"ago"`
	Tone    tone   `json:"tone"`
	Kind    string `json:"kind"`
	Replica string `json:"replica"`
	Change  string `json:"change"` // from one state to another
	Text    string `json:"text"`
	Code    string `json:"code"`
	Lasted  string `json:"lasted"`
}

// eventViews has the newest first. A replica that is probed in vain every second fills one row.
func eventViews(s sdk.Stats) []eventView {
	views, runs := make([]eventView, 0, len(s.Events)), probes{}
	for _, e := range slices.Backward(s.Events) {
		if !runs.fold(e, len(views)) {
			views = append(views, eventViewOf(e, s.At))
		}
		if run := runs[e.Replica]; run != nil && run.times > 1 {
			views[run.row].Text = "probed " + count(int64(run.times)) + " times"
		}
	}
	return views
}

func eventViewOf(e sdk.Event, now time.Time) eventView {
	v := eventView{
		Clock: clock(e.At, now), Ago: age(now.Sub(e.At)) + " ago", Tone: toneOfEvent(e), Kind: clip(string(e.Kind), maxName),
		Replica: clip(e.Replica, maxName), Text: clip(e.Text, maxText), Code: code(e.Reason, e.Cause),
	}
	if e.From != "" || e.To != "" {
		v.Change = orNone(clip(e.From, maxName)) + " → " + orNone(clip(e.To, maxName))
	}
	if e.Lasted != nil {
		v.Lasted = "lasted " + seconds(*e.Lasted)
	}
	return v
}

func toneOfEvent(e sdk.Event) tone {
	switch e.Kind {
	case sdk.EventBack, sdk.EventRecovered, sdk.EventReady, sdk.EventWell:
		return good
	}
	return toneOf(e.Severity)
}

func happened(s sdk.Stats) string {
	if len(s.Events) == 0 {
		return "none yet"
	}
	return "the last " + count(int64(len(s.Events))) + ", newest first"
}
