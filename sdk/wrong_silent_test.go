package sdk_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk"
)

// A log that holds lines back must not hold back the one that matters.

// messages are what the log says at a level or above.
func (s *stage) messages(level slog.Level) (messages []string) {
	for _, r := range s.log.of(level) {
		messages = append(messages, r.Message)
	}
	return messages
}

// churn has a replica come and go, each second.
func (s *stage) churn(seconds int) {
	for i := range seconds {
		set := instances("a", "b", "c")[:2+i%2]
		s.source.tell(discovery.Snapshot{Instances: set, At: time.Now()})
		s.play(time.Second)
	}
}

func TestAnOutageIsToldThoughTheLogIsFull(t *testing.T) {
	onStage(t, []string{"a", "b", "c"}, nil, nil, func(s *stage) {
		s.every = time.Second / 2
		s.open("a", "b", "c")
		s.churn(40)
		s.source.tell(discovery.Snapshot{Instances: instances(), At: time.Now()})
		s.play(5 * time.Minute)
		if said := s.messages(slog.LevelWarn); !slices.Contains(said, "ms2: no replica is known") {
			s.Errorf("five minutes without a replica, and the log says %q", said)
		}
		s.source.tell(discovery.Snapshot{Instances: instances("a", "b", "c"), At: time.Now()})
		s.play(2 * time.Minute)
		if said := s.messages(slog.LevelInfo); !slices.Contains(said, "ms2: replicas are known again") {
			s.Errorf("the log does not say that it is over: %q", said)
		}
		s.wantNoFlood()
	})
}

func TestWhatIsCountedOfTheLogNeverFalls(t *testing.T) {
	names := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"}
	onStage(t, names, nil, nil, func(s *stage) {
		s.every = time.Second / 10
		s.open(names...)
		before := s.stats().Logs
		for i := range 80 {
			for _, r := range s.replicas {
				r.listener.SetDown(i%10 < 5 && i < 40)
			}
			s.play(3 * time.Second)
			now := s.stats().Logs
			if now.Suppressed < before.Suppressed || now.Written < before.Written || now.Dropped < before.Dropped {
				s.Fatalf("%+v after %+v", now, before)
			}
			before = now
		}
		if before.Suppressed == 0 {
			s.Error("none was kept back")
		}
	})
}

func TestEveryReplicaThatStaysOutIsToldThoughTheyGoTogether(t *testing.T) {
	names := make([]string, 30)
	for i := range names {
		names[i] = fmt.Sprintf("r%02d", i)
	}
	onStage(t, names, nil, nil, func(s *stage) {
		s.every = time.Second / 20
		s.open(names...)
		for _, r := range s.replicas {
			r.listener.SetDown(true)
		}
		s.play(30 * time.Second)
		s.every = time.Second
		s.play(6 * time.Minute)
		told := map[string]bool{}
		for _, line := range s.log.of(slog.LevelWarn) {
			line.Attrs(func(a slog.Attr) bool {
				if a.Key == "replica" {
					told[a.Value.String()] = true
				}
				return true
			})
		}
		if len(told) != len(names) {
			s.Errorf("%d of %d are out, and told of", len(told), len(names))
		}
		s.wantNoFlood()
	})
}

// picky is a handler that wants nothing below a level.
type picky struct {
	*lines
	least slog.Level
}

func (p picky) Enabled(_ context.Context, level slog.Level) bool { return level >= p.least }

func TestALineThatTheHandlerDoesNotWantIsNotCountedAsWritten(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		source, log := newTeller(), &lines{}
		c := f.clientWith(sdk.Config{}, sdk.WithSource(source), sdk.WithLogger(slog.New(picky{log, slog.LevelError})))
		source.tell(discovery.Snapshot{Instances: instances("a"), At: time.Now()})
		<-time.After(time.Second)
		if n := c.Stats().Logs.Written; n != int64(len(log.of(slog.LevelDebug))) {
			t.Errorf("%d counted, %d written", n, len(log.of(slog.LevelDebug)))
		}
	}, "a")
}

func TestOneCheckThatFailedIsNotForEverWhatIsWrong(t *testing.T) {
	onStage(t, []string{"a"}, nil, nil, func(s *stage) {
		s.open("a")
		if _, err := s.client.Validate(context.Background(), "kept"); err != nil {
			s.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Microsecond)
		defer cancel()
		s.client.Validate(ctx, "late") //nolint:errcheck // it fails
		for range 70 {
			<-time.After(time.Second)
			s.client.Validate(context.Background(), "kept") //nolint:errcheck // Stats tell
		}
		if p := s.stats().Problems; slices.ContainsFunc(p, func(p sdk.Problem) bool { return p.Severity == sdk.Critical }) {
			s.Errorf("%+v\n%+v", p, s.stats().Checks)
		}
	})
}
