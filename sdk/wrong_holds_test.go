package sdk_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

// What holds whatever goes wrong.

// mostLines is how many lines of the log a minute may have, and mostDebug how many of the level debug.
const (
	mostLines = 20
	mostDebug = 60
)

// wantNoFlood fails the test when too many lines were written within a minute.
func (s *stage) wantNoFlood() {
	s.Helper()
	wantPaced(s, s.log.of(slog.LevelInfo), mostLines)
	var debug []slog.Record
	for _, r := range s.log.of(slog.LevelDebug) {
		if r.Level < slog.LevelInfo {
			debug = append(debug, r)
		}
	}
	wantPaced(s, debug, mostDebug)
}

func wantPaced(t testing.TB, records []slog.Record, most int) {
	t.Helper()
	for i := most; i < len(records); i++ {
		if d := records[i].Time.Sub(records[i-most].Time); d < time.Minute {
			t.Errorf("%d lines within %v, the last %q", most+1, d, records[i].Message)
			return
		}
	}
}

// wantNoSecrets fails the test when the statistics or the log hold a SID, a token, or what MS2 says.
func (s *stage) wantNoSecrets() {
	s.Helper()
	body, err := json.Marshal(s.stats())
	if err != nil {
		s.Error(err)
	}
	wantUnmarked(s, "Stats", string(body))
	var log bytes.Buffer
	text := slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})
	for _, r := range s.log.of(slog.LevelDebug) {
		text.Handle(s.Context(), r) //nolint:errcheck // into a buffer
	}
	wantUnmarked(s, "the log", log.String())
}

func wantUnmarked(t testing.TB, where, text string) {
	t.Helper()
	for _, mark := range []string{sidMark, tokenMark, bodyMark} {
		if i := strings.Index(text, mark); i >= 0 {
			t.Errorf("%s holds it: …%s…", where, text[max(0, i-150):min(len(text), i+50)])
		}
	}
}

// wantSeqs fails the test unless the events that are kept are the last, without a gap.
func wantSeqs(t testing.TB, events []sdk.Event) {
	t.Helper()
	for i := 1; i < len(events); i++ {
		if events[i].Seq != events[i-1].Seq+1 || events[i].At.Before(events[i-1].At) {
			t.Errorf("event %d of %v follows event %d of %v", events[i].Seq, events[i].At, events[i-1].Seq, events[i-1].At)
		}
	}
}
