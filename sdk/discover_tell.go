package sdk

import (
	"fmt"
	"log/slog"
	"strings"
	"time"

	"ms2.internal/lb/discovery"
)

// What discovery tells goes to the journal when it changes.

// mostTold is how many replicas that join or leave at once have an event each, and are named in the log.
const mostTold = 10

// tellConfirmedLocked tells when the set can't be confirmed any more, and when it is again.
func (f *finder) tellConfirmedLocked() {
	if f.ended != nil {
		return
	}
	err := f.errorLocked()
	if err == nil {
		f.journal.end(ReasonUnconfirmed, "", nil)
		return
	}
	if f.journal.since(ReasonUnconfirmed) == nil {
		f.failures++
	}
	text := fmt.Sprintf("the set of replicas can't be confirmed: %s: %v", f.last.Source, err)
	f.journal.begin(Problem{Reason: ReasonUnconfirmed, Severity: Warning, Text: text}, &Evidence{Instances: len(f.last.Instances)})
}

// tellSetLocked tells of a new set, and of what left; before is nil for the first.
func (f *finder) tellSetLocked(before, set []discovery.Instance, left []Event) {
	joined := joining(missingFrom(before, set))
	switch {
	case len(set) == 0:
		f.tellChanges(joined, left, set)
		f.journal.begin(Problem{Reason: ReasonNoReplicas, Severity: Critical, Text: f.explainLocked(ErrNoReplicas).Error()}, nil)
		return
	case isClosed(f.ready):
		f.tellChanges(joined, left, set)
	default:
		f.tellFirst(set)
	}
	if len(set) > 1 {
		f.journal.end(ReasonOneAddress, "", nil)
	}
	f.journal.end(ReasonNoReplicas, "", nil)
}

// tellFirst tells of the first set. One address may stand for a proxy, behind which no choice is possible.
func (f *finder) tellFirst(set []discovery.Instance) {
	f.journal.note(Event{Kind: EventReady, Text: counted(len(set), "replica"), Evidence: &Evidence{Instances: len(set)}})
	if len(set) == 1 {
		text := "a single address stands for all of MS2: " + set[0].Addr
		f.journal.begin(Problem{Reason: ReasonOneAddress, Severity: Notice, Text: text}, nil)
	}
}

// tellChanges tells which replicas joined and left, in one line of the log.
func (f *finder) tellChanges(joined, left []Event, set []discovery.Instance) {
	for _, e := range left {
		f.journal.log.forgetReplica(e.Replica)
	}
	f.keepEach(joined)
	f.keepEach(left)
	if len(joined)+len(left) > 0 {
		f.journal.log.about(subject{replica: true}, slog.LevelInfo, "ms2: replicas joined or left",
			slog.String("joined", named(joined)), slog.String("left", named(left)), slog.Int("instances", len(set)))
	}
}

// keepEach keeps an event for each replica, or one for them all: the log tells of them in sum.
func (f *finder) keepEach(events []Event) {
	if len(events) > mostTold {
		events = []Event{{Kind: events[0].Kind, Text: counted(len(events), "replica")}}
	}
	for _, e := range events {
		f.journal.keep(e)
	}
}

// named are the replicas of events, or how many there are.
func named(events []Event) string {
	if len(events) > mostTold {
		return counted(len(events), "replica")
	}
	ids := make([]string, len(events))
	for i, e := range events {
		ids[i] = e.Replica
	}
	return strings.Join(ids, " ")
}

func joining(replicas []discovery.Instance) (events []Event) {
	for _, r := range replicas {
		events = append(events, Event{Kind: EventJoined, Replica: r.ID, Addr: r.Addr, Text: "it joined the set"})
	}
	return events
}

// freshTrouble is how old what went wrong with a replica may be to be why it left.
const freshTrouble = 10 * time.Second

// leaving are the events of replicas that leave, with what went wrong a moment ago. Call it before that is forgotten.
func (f *finder) leaving(replicas []discovery.Instance) (events []Event) {
	for _, r := range replicas {
		e := Event{Kind: EventLeft, Replica: r.ID, Addr: r.Addr, Text: "it left the set"}
		if t := f.trouble(r.ID); t.Last != "" && time.Since(t.At) < freshTrouble {
			e.Cause, e.Text = Reason(t.Cause), fmt.Sprintf("%s (last: %s)", e.Text, t.Last)
		}
		events = append(events, e)
	}
	return events
}

// missingFrom are the replicas of a set that another does not have.
func missingFrom(other, set []discovery.Instance) (missing []discovery.Instance) {
	known := make(map[string]bool, len(other))
	for _, r := range other {
		known[r.ID] = true
	}
	for _, r := range set {
		if !known[r.ID] {
			missing = append(missing, r)
		}
	}
	return missing
}
