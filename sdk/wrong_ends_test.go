package sdk_test

import (
	"log/slog"
	"slices"
	"strings"
	"time"
)

// wantEnds fails the test unless the log tells the end of all that it told the beginning of, within five minutes of quiet.
func (s *stage) wantEnds() {
	s.Helper()
	s.every = time.Second
	s.play(5 * time.Minute)
	open := map[string]bool{}
	for _, r := range s.log.of(slog.LevelInfo) {
		for _, event := range eventsOf(r) {
			switch words := strings.Fields(event); words[0] {
			case "out", "failing":
				open[words[1]] = true
			case "back", "recovered":
				delete(open, words[1])
			}
		}
	}
	if len(open) > 0 || !s.well() {
		s.Errorf("the log never says that this is over: %v; and %+v", open, s.stats().Problems)
	}
}

// wantKeptBack fails the test unless lines were kept back, and counted.
func (s *stage) wantKeptBack(told bool) {
	s.Helper()
	logs, n := s.stats().Logs, 0
	for _, r := range s.log.of(slog.LevelWarn) {
		if r.Message == "ms2: log lines were kept back, since there were too many; the events in Stats are complete" {
			n++
		}
	}
	if told != (logs.Suppressed > 0) || told != (n > 0) || logs.Dropped > 0 {
		s.Errorf("%+v, told %d times", logs, n)
	}
}

// told reports whether the log tells this event.
func (s *stage) told(event string) bool {
	return slices.ContainsFunc(s.log.of(slog.LevelInfo), func(r slog.Record) bool { return slices.Contains(eventsOf(r), event) })
}
