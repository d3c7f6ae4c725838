package sdk_test

import (
	"log/slog"
	"slices"
	"strings"

	"ms2.internal/lb/sdk"
)

// eventKinds are the kinds of events that lines of the log tell, by level, message and, where they are about one reason alone, that.
var eventKinds = map[string]string{
	"INFO ms2: the first replicas are known":                                                                 "ready",
	"INFO ms2: the client is closed":                                                                         "closed",
	"WARN ms2: replica judged out":                                                                           "out",
	"INFO ms2: replica is back":                                                                              "back",
	"WARN ms2: replica does badly, and is asked less":                                                        "ailing",
	"INFO ms2: replica does well again":                                                                      "well",
	"WARN ms2: checks fail":                                                                                  "failing",
	"ERROR ms2: code of the adopter's fails hook":                                                            "failing",
	"INFO ms2: code of the adopter's works again hook":                                                       "recovered",
	"INFO ms2: checks are answered again":                                                                    "recovered",
	"WARN ms2: no replica is known no_replicas":                                                              "failing",
	"INFO ms2: replicas are known again no_replicas":                                                         "recovered",
	"WARN ms2: the budget for extra requests is used up budget_exhausted":                                    "failing",
	"INFO ms2: there is budget for extra requests again budget_exhausted":                                    "recovered",
	"WARN ms2: replicas can't be confirmed; the last set, if any, stays in use unconfirmed":                  "failing",
	"INFO ms2: replicas are confirmed again unconfirmed":                                                     "recovered",
	"ERROR ms2: the source of replicas ended; the last set stays in use source_ended":                        "failing",
	"WARN ms2: a single address stands for all of MS2: there is no other to go to when it fails one_address": "failing",
	"WARN ms2: less than half of the replicas are healthy, so that all others get traffic, too panic":        "failing",
	"INFO ms2: enough replicas are healthy again panic":                                                      "recovered",
}

// unlogged is an event that the log does not tell.
const unlogged = "recovered one_address"

// eventsOf is what a record tells, written as its events are: kind, replica, reason and cause. A line that none tells stays as it is.
func eventsOf(r slog.Record) (events []string) {
	of := map[string]string{}
	r.Attrs(func(a slog.Attr) bool {
		of[a.Key] = a.Value.String()
		return true
	})
	line := r.Level.String() + " " + r.Message
	if line == "INFO ms2: replicas joined or left" {
		for _, kind := range []string{"joined", "left"} {
			for _, replica := range strings.Fields(of[kind]) {
				events = append(events, kind+" "+replica)
			}
		}
		return events
	}
	kind, known := eventKinds[line+" "+of["reason"]]
	if !known {
		kind, known = eventKinds[line]
	}
	if !known {
		kind = line
	}
	return []string{worded(kind, of["replica"], of["reason"], of["cause"])}
}

// worded is words with a blank between each.
func worded(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " ")
}

// What is said of replicas that do badly while the whole does: of which, and whether it comes before the whole is said to, is chance.
var ailing = []string{"* ailing {a|b|c} {unanswered|slow|overdue|sheds_load}{| [a-z_]+}", "* well {a|b|c}"}

// wantTold holds the client to the lines and events that follow so many.
func (w wrong) wantTold(s *stage, lines, events int) {
	s.Helper()
	var log, noted []string
	for _, r := range s.log.of(slog.LevelInfo)[lines:] {
		log = append(log, eventsOf(r)...)
	}
	stats := s.stats()
	wantSeqs(s, stats.Events)
	for _, e := range stats.Events[events:] {
		noted = append(noted, worded(string(e.Kind), e.Replica, string(e.Reason), string(e.Cause)))
	}
	if w.mixed {
		slices.Sort(noted)
	}
	want := slices.Concat(w.told, ailing)
	wantTold(s, "events", slices.Compact(noted), want, w.mixed)
	wantTold(s, "the log", log, slices.DeleteFunc(want, func(e string) bool { return e == unlogged }), w.mixed)
}

// problemOf is a problem as the tables write it.
func problemOf(p sdk.Problem) string {
	return worded(string(p.Severity), string(p.Reason), string(p.Cause), p.Replica)
}
