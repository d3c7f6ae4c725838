package sdk

import (
	"cmp"
	"log/slog"
	"strings"
	"time"

	"ms2.internal/lb/balancer"
)

// line is what the log says of an event.
type line struct {
	level   slog.Level
	message string // the same for all of its sort; "" for nothing
	about   subject
}

// line is that of an event. What begins and ends is about the same subject.
func (e *Event) line() line {
	of := func(name string, p part) subject { return subject{name: name, replica: true, part: p} }
	name := "/" + string(e.Reason)
	switch {
	case e.Kind == EventReady:
		return line{slog.LevelInfo, "ms2: the first replicas are known", subject{}}
	case e.Kind == EventClosed:
		return line{slog.LevelInfo, "ms2: the client is closed", subject{}}
	case e.Kind == EventOut:
		return line{slog.LevelWarn, "ms2: replica judged out", of(e.Replica, beginning)}
	case e.Kind == EventBack:
		return line{slog.LevelInfo, "ms2: replica is back", of(e.Replica, ending)}
	case e.Kind == EventAiling:
		return line{slog.LevelWarn, "ms2: replica does badly, and is asked less", of(ailing(e.Replica), beginning)}
	case e.Kind == EventWell:
		return line{slog.LevelInfo, "ms2: replica does well again", of(ailing(e.Replica), ending)}
	case e.Kind == EventWithheld:
		return line{slog.LevelInfo, "ms2: replica would be left out, if fewer were", of(e.Replica, whole)}
	case e.Kind == EventFailing:
		return line{e.Reason.level(), e.Reason.messages().began, subject{name: name, part: beginning}}
	case e.Kind == EventRecovered:
		return line{slog.LevelInfo, e.Reason.messages().ended, subject{name: name, part: ending}}
	case e.leaves():
		return line{slog.LevelInfo, "ms2: replica says that it is leaving", of(leaving(e.Replica), beginning)}
	case e.stays():
		return line{slog.LevelInfo, "ms2: replica does not leave after all", of(leaving(e.Replica), ending)}
	}
	return line{slog.LevelDebug, "ms2: replica changes its state", subject{name: e.Replica, replica: e.Replica != ""}}
}

// leaves and stays report whether a replica says that it is leaving, and that it is not any more. One that breaks while it leaves does not
// stay: that has lasted.
func (e *Event) leaves() bool { return e.To == string(balancer.Draining) }
func (e *Event) stays() bool  { return e.From == string(balancer.Draining) && e.Lasted != nil }

// forgetReplica has nothing go on that the log said of a replica which left the set.
func (l *logger) forgetReplica(replica string) {
	l.forget(replica)
	l.forget(ailing(replica))
	l.forget(leaving(replica))
}

// leaving is the name of a replica's being about to leave.
func leaving(replica string) string { return "leaving " + replica }

// ailing is the name of a replica's being so: beside that of its being out.
func ailing(replica string) string { return "ailing " + replica }

// messages are what the log says when something with the whole begins and when it ends.
type messages struct{ began, ended string }

func (r Reason) messages() messages {
	switch r {
	case ReasonNoReplicas:
		return messages{"ms2: no replica is known", "ms2: replicas are known again"}
	case ReasonPanicking:
		return messages{"ms2: less than half of the replicas are healthy, so that all others get traffic, too", "ms2: enough replicas are healthy again"}
	case ReasonUnconfirmed:
		return messages{"ms2: replicas can't be confirmed; the last set, if any, stays in use", "ms2: replicas are confirmed again"}
	case ReasonSourceEnded:
		return messages{"ms2: the source of replicas ended; the last set stays in use", ""}
	case ReasonBudgetExhausted:
		return messages{"ms2: the budget for extra requests is used up", "ms2: there is budget for extra requests again"}
	case ReasonHook:
		return messages{"ms2: code of the adopter's fails", "ms2: code of the adopter's works again"}
	case ReasonOneAddress:
		return messages{"ms2: a single address stands for all of MS2: there is no other to go to when it fails", ""}
	}
	return messages{"ms2: checks fail", "ms2: checks are answered again"}
}

// over says that it is.
func (r Reason) over() string {
	return cmp.Or(strings.TrimPrefix(r.messages().ended, "ms2: "), "it is over")
}

// level is how loud the beginning of something is.
func (r Reason) level() slog.Level {
	if r == ReasonSourceEnded || r == ReasonHook {
		return slog.LevelError
	}
	return slog.LevelWarn
}

// attrs say of an event what there is to say.
func (e *Event) attrs() []slog.Attr {
	attrs := make([]slog.Attr, 0, 8)
	text := func(name, value string) {
		if value != "" {
			attrs = append(attrs, slog.String(name, value))
		}
	}
	text("replica", e.Replica)
	text("address", e.Addr)
	text("from", e.From)
	text("to", e.To)
	text("reason", string(e.Reason))
	text("cause", string(e.Cause))
	text("why", e.Text)
	if e.Evidence != nil {
		attrs = append(attrs, slog.Attr{Key: "evidence", Value: e.Evidence.LogValue()})
	}
	if e.Lasted != nil {
		attrs = append(attrs, slog.Duration("lasted", time.Duration(*e.Lasted*float64(time.Second)).Round(time.Millisecond)))
	}
	return attrs
}
