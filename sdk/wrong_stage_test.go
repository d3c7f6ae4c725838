package sdk_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk"
)

// What must not come out of a client again, in Stats or in the log: each test's SIDs, token and MS2's own words hold such a mark.
const (
	sidMark   = "markofasid"
	tokenMark = "markofatoken"
	bodyMark  = "markofabody"
)

// stage is where something goes wrong: a fleet, a client of it, those who ask, and the client's log.
type stage struct {
	testing.TB
	*fleet
	source *teller
	client *sdk.Client
	log    *lines
	askers
	known  int // problems that there were before
	checks sync.WaitGroup
	asked  int
}

// askers are those who ask.
type askers struct {
	every    time.Duration // between two checks; 0: 50 ms
	patience time.Duration // of each; 0: MS2_TIMEOUT's
	leaves   bool          // they cancel when it is over, and have no deadline
}

// onStage runs a play on a stage with replicas of these names. Its client has these changes to the configuration, and this wrapped
// around the fleet's transport.
func onStage(t *testing.T, names []string, configure func(*sdk.Config), wrap func(http.RoundTripper) http.RoundTripper, play func(*stage)) {
	t.Helper()
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(good())
		s := &stage{TB: t, fleet: f, source: newTeller(), log: &lines{}, askers: askers{every: 50 * time.Millisecond}}
		cfg := sdk.Config{Token: "wrong-" + tokenMark}
		if configure != nil {
			configure(&cfg)
		}
		opts := []sdk.Option{sdk.WithSource(s.source), sdk.WithLogger(slog.New(s.log)), sdk.WithName("stage")}
		if wrap != nil {
			opts = append(opts, sdk.WithTransport(func(http.RoundTripper) http.RoundTripper { return wrap(f.transport) }))
		}
		s.client = f.clientWith(cfg, opts...)
		defer s.checks.Wait()
		play(s)
	}, names...)
}

// open tells the client of replicas, and lets a second of traffic pass.
func (s *stage) open(names ...string) {
	s.source.tell(discovery.Snapshot{Instances: instances(names...), At: time.Now()})
	s.play(time.Second)
}

// play has checks made for a time, each of a SID of its own.
func (s *stage) play(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); <-time.After(s.every) {
		s.ask()
	}
}

// playUntil has checks made until something is so, for a time at most; it reports whether it came.
func (s *stage) playUntil(most time.Duration, so func() bool) bool {
	for end := time.Now().Add(most); time.Now().Before(end); {
		if so() {
			return true
		}
		s.play(time.Second / 2)
	}
	return so()
}

func (s *stage) ask() {
	s.asked++
	sid := fmt.Sprintf("%s:%d", sidMark, s.asked)
	s.checks.Go(func() {
		ctx, cancel := context.WithCancel(context.Background())
		if s.leaves {
			defer time.AfterFunc(s.patience, cancel).Stop()
		} else if s.patience > 0 {
			ctx, cancel = context.WithTimeout(ctx, s.patience)
		}
		defer cancel()
		s.client.Validate(ctx, sid) //nolint:errcheck // Stats tell
	})
}

// stats are the client's, when all that can be done at this moment is done.
func (s *stage) stats() sdk.Stats {
	synctest.Wait()
	return s.client.Stats()
}

// well reports whether nothing is wrong but what was before, and goes wrong no more.
func (s *stage) well() bool {
	stats := s.stats()
	return stats.Closed || len(stats.Problems) <= s.known
}

// lines is a log handler that keeps what it is given.
type lines struct {
	handler
	mu      sync.Mutex
	records []slog.Record
}

// Handle keeps the record, as of now: one that was kept back bears the time of what it tells.
func (l *lines) Handle(_ context.Context, r slog.Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	r.Time = time.Now()
	l.records = append(l.records, r)
	return nil
}

// of are the records of at least a level.
func (l *lines) of(level slog.Level) (of []slog.Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range l.records {
		if r.Level >= level {
			of = append(of, r)
		}
	}
	return of
}
