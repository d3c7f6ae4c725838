package sdk

import (
	"log/slog"
	"time"
)

// Event is a change that an operator may want to know of.
type Event struct {
	Seq      uint64    `json:"seq"` // 1, 2, 3 …: a gap says that events fell out of the last hundred
	At       time.Time `json:"at"`
	Kind     EventKind `json:"kind"`
	Severity Severity  `json:"severity"`
	Replica  string    `json:"replica"`  // its ID; "" when it is about none
	Addr     string    `json:"addr"`     // of that replica
	From     string    `json:"from"`     // the state before, see [balancer.State]; "" when it is about none
	To       string    `json:"to"`       // the state after
	Reason   Reason    `json:"reason"`   // why
	Cause    Reason    `json:"cause"`    // what lies beneath; "" when that is all
	Text     string    `json:"text"`     // a sentence with the numbers, which holds no SID
	Evidence *Evidence `json:"evidence"` // the numbers; null for none
	Lasted   *float64  `json:"lasted"`   // seconds, of what ended; null when nothing did
}

// EventKind is what sort of change an event is.
type EventKind string

// The kinds of events.
const (
	EventReady     EventKind = "ready"     // the first replica is known
	EventClosed    EventKind = "closed"    // the client was closed
	EventJoined    EventKind = "joined"    // a replica joined the set
	EventLeft      EventKind = "left"      // a replica left the set
	EventOut       EventKind = "out"       // a replica's breaker opened, or it was ejected
	EventBack      EventKind = "back"      // it is taken back into use
	EventAiling    EventKind = "ailing"    // a replica that is in use does badly: it does not answer, or is slow
	EventWell      EventKind = "well"      // it does well again
	EventState     EventKind = "state"     // a change of state that leaves the replica where it was: half-open, leaving, resting
	EventWithheld  EventKind = "withheld"  // a replica would have been ejected, but too much of the fleet is out
	EventFailing   EventKind = "failing"   // something began to go wrong: Reason says what
	EventRecovered EventKind = "recovered" // it is over
)

// Evidence is the numbers behind a reason. What does not apply is absent.
type Evidence struct {
	InRow       int64   `json:"in_row,omitempty"`       // requests one after the other that were not answered
	Probes      int64   `json:"probes,omitempty"`       // of a breaker, that failed since it opened
	Requests    float64 `json:"requests,omitempty"`     // that were looked at
	Unanswered  float64 `json:"unanswered,omitempty"`   // of those, parts summed up
	OthersShare float64 `json:"others_share,omitempty"` // that the other replicas did not answer of theirs, in the median, 0 to 1
	LatencyMS   float64 `json:"latency_ms,omitempty"`   // of a request
	TypicalMS   float64 `json:"typical_ms,omitempty"`   // of one at the other replicas, in the median
	RestSeconds float64 `json:"rest_seconds,omitempty"` // for which it is still left alone
	Failed      int64   `json:"failed,omitempty"`       // checks
	Instances   int     `json:"instances,omitempty"`    // known to discovery
}

// LogValue are the numbers that apply.
func (e Evidence) LogValue() slog.Value {
	var attrs []slog.Attr
	number := func(name string, value float64) {
		if value != 0 {
			attrs = append(attrs, slog.Float64(name, value))
		}
	}
	number("in_row", float64(e.InRow))
	number("probes", float64(e.Probes))
	number("requests", e.Requests)
	number("unanswered", e.Unanswered)
	number("others_share", e.OthersShare)
	number("latency_ms", e.LatencyMS)
	number("typical_ms", e.TypicalMS)
	number("rest_seconds", e.RestSeconds)
	number("failed", float64(e.Failed))
	number("instances", float64(e.Instances))
	return slog.GroupValue(attrs...)
}

// LogStats counts what was for the adopter's log.
type LogStats struct {
	Written    int64 `json:"written"`    // that the handler took
	Suppressed int64 `json:"suppressed"` // kept back, some for a minute only, since there were too many: the events are complete
	Dropped    int64 `json:"dropped"`    // lost, since the handler was too slow or panicked
}
