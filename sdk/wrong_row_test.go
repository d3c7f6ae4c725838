package sdk_test

import (
	"cmp"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

// wrong is something that goes wrong for a time, and what is said of it: see matches for its texts.
type wrong struct {
	name      string
	replicas  []string // all that there are; nil: a, b and c
	configure func(*sdk.Config)
	transport func(http.RoundTripper) http.RoundTripper // wraps the fleet's; nil: as it is
	prepare   func(*stage)                              // before the client knows of any replica; nil: nothing
	unopened  bool                                      // the client is told of no replica before it goes wrong
	lasts     time.Duration                             // at least, and until it shows; 0: 8 s
	askers

	begin, heal func(*stage)

	was     string   // the sentence before; "": all is well
	summary string   // the sentence while it lasts
	problem string   // severity, reason, cause and replica of the worst problem
	told    []string // all events from its beginning on, repeated ones once, and all lines of the log, which are written as eventsOf has them
	mixed   bool     // they come in any order, since several replicas do the same
	moves   string   // the number that rises from 0, or a latency, by its path in the JSON of Stats
}

// plays is what goes wrong and heals.
func (w wrong) plays(name string, begin, heal func(*stage)) wrong {
	w.name, w.begin, w.heal = name, begin, heal
	return w
}

// also tells more.
func (w wrong) also(told ...string) wrong {
	w.told = slices.Concat(w.told, told)
	return w
}

// moving is the number to watch.
func (w wrong) moving(path string) wrong {
	w.moves = path
	return w
}

// playAll plays rows at once; with the race detector, which takes its time, every third.
func playAll(t *testing.T, rows ...wrong) {
	t.Helper()
	for i, row := range rows {
		if i%played(1, 3) != 0 {
			continue
		}
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			row.play(t)
		})
	}
}

// play has it go wrong, and holds the client to what the row says.
func (w wrong) play(t *testing.T) {
	names := w.replicas
	if names == nil {
		names = []string{"a", "b", "c"}
	}
	onStage(t, names, w.configure, w.transport, func(s *stage) {
		w.every = cmp.Or(w.every, s.every)
		s.askers = w.askers
		if w.prepare != nil {
			w.prepare(s)
		}
		if !w.unopened {
			s.open(names...)
		}
		w.before(s)
		lines, events := len(s.log.of(slog.LevelInfo)), len(s.stats().Events)
		w.begin(s)
		s.play(cmp.Or(w.lasts, 8*time.Second))
		s.playUntil(20*time.Second, func() bool { return w.shows(s.stats()) })
		w.during(s)
		w.heal(s)
		w.after(s)
		w.wantTold(s, lines, events)
	})
}

// before holds the client to saying nothing of what is not.
func (w wrong) before(s *stage) {
	s.Helper()
	stats := s.stats()
	if n := numberOf(s, stats, w.moves); n != 0 && !strings.Contains(w.moves, "latency") {
		s.Errorf("%s is %v before it goes wrong", w.moves, n)
	}
	if want := cmp.Or(w.was, "All is well with # {replica|replicas}."); !matches(want, stats.Summary) {
		s.Errorf("before it goes wrong: %q, %+v", stats.Summary, stats.Problems)
	}
	s.known = len(stats.Problems)
}

// shows reports whether the worst problem is the row's.
func (w wrong) shows(s sdk.Stats) bool {
	return len(s.Problems) > 0 && matches(w.problem, problemOf(s.Problems[0]))
}

// muchMS is more than any latency is where nothing is wrong.
const muchMS = 50

// during holds the client to what it should say while it lasts.
func (w wrong) during(s *stage) {
	s.Helper()
	stats := s.stats()
	if !matches(w.summary, stats.Summary) {
		s.Errorf("summary: %q\nwant     %q", stats.Summary, w.summary)
	}
	if !w.shows(stats) {
		s.Errorf("problems: %+v\nwant first %q", stats.Problems, w.problem)
	}
	if n := numberOf(s, stats, w.moves); n <= 0 || n < muchMS && strings.Contains(w.moves, "latency") {
		s.Errorf("%s should rise, and is %v", w.moves, n)
	}
	if len(s.log.of(slog.LevelWarn)) == 0 {
		s.Error("no line of the log warns of it")
	}
	s.wantNoSecrets()
}

// after holds the client to saying that it is over.
func (w wrong) after(s *stage) {
	s.Helper()
	if !s.playUntil(2*time.Minute, s.well) {
		s.Errorf("never over: %+v", s.stats().Problems)
	}
	s.every = time.Second
	s.play(20 * time.Second) // what came back is over when it stays away for a time
	s.wantNoSecrets()
	s.wantNoFlood()
}
