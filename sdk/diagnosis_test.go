package sdk_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk"
)

// The sentence names what is worst, and says that checks are answered when they are.

func wantNoneAnswered(s *stage, about string) {
	s.Helper()
	stats := s.stats()
	if strings.Contains(stats.Summary, "are answered") || !strings.Contains(stats.Summary, about) {
		s.Errorf("%q while no check is answered; %+v", stats.Summary, stats.Problems)
	}
	if len(stats.Problems) == 0 || stats.Problems[0].Severity != sdk.Critical {
		s.Errorf("the worst is not critical: %+v", stats.Problems)
	}
}

func TestChecksAreNotAnsweredWhileNoReplicaIsKnown(t *testing.T) {
	onStage(t, nil, nil, nil, func(s *stage) {
		s.source.tell(discovery.Snapshot{Err: errors.New("no route")})
		wantNoneAnswered(s, "no route")
	})
}

func TestAnOutageGoesBeforeASourceThatEnded(t *testing.T) {
	onStage(t, []string{"a", "b"}, nil, nil, func(s *stage) {
		s.open("a", "b")
		s.source.end <- func() error { return nil }
		s.all(status(500))
		s.play(10 * time.Second)
		wantNoneAnswered(s, "circuit breaker of every replica is open")
	})
}

func TestAFewFailuresOfLongDoNotHideThatAllFailNow(t *testing.T) {
	onStage(t, []string{"a", "b"}, nil, nil, func(s *stage) {
		s.open("a", "b")
		for range 20 {
			s.all(status(403))
			s.play(100 * time.Millisecond)
			s.all(results("valid", 60, 0, 0))
			s.play(5 * time.Second)
		}
		s.all(status(403))
		s.play(30 * time.Second)
		wantNoneAnswered(s, "MS2 does not let us in (403)")
	})
}

func TestAnEmptySetIsSaidAsLongAsItLasts(t *testing.T) {
	onStage(t, []string{"a"}, nil, nil, func(s *stage) {
		tell := func(names ...string) {
			s.source.tell(discovery.Snapshot{Instances: instances(names...), At: time.Now()})
		}
		tell()
		s.ask()
		s.checks.Wait()
		tell("a")
		s.play(200 * time.Millisecond)
		tell()
		<-time.After(10 * time.Second)
		wantNoneAnswered(s, "names none for the service")
	})
}

func TestWhatGoesOnIsOverWithoutAskingMS2(t *testing.T) {
	onStage(t, []string{"a", "b"}, nil, nil, func(s *stage) {
		s.open("a", "b")
		s.all(results("valid", 3600, 0, 0))
		expect(s, s.client, "cached", true, sdk.Fresh)
		s.all(status(403))
		s.ask()
		s.checks.Wait()
		s.all(results("valid", 3600, 0, 0))
		for range 600 { // cached ones alone
			<-time.After(time.Second)
			s.client.Validate(context.Background(), "cached") //nolint:errcheck
		}
		if stats := s.stats(); len(stats.Problems) > 0 && stats.Problems[0].Severity == sdk.Critical {
			s.Errorf("%q, %+v", stats.Summary, stats.Problems)
		}
	})
}

// canceler is a transport whose requests are all cancelled by itself.
type canceler struct{}

func (canceler) RoundTrip(*http.Request) (*http.Response, error) { return nil, context.Canceled }

func TestATransportThatCancelsIsSeen(t *testing.T) {
	onStage(t, []string{"a", "b"}, nil, func(http.RoundTripper) http.RoundTripper { return canceler{} }, func(s *stage) {
		s.source.tell(discovery.Snapshot{Instances: instances("a", "b"), At: time.Now()})
		s.play(5 * time.Second)
		stats := s.stats()
		if stats.Checks.FailedBy.Canceled > 0 || len(stats.Problems) == 0 || stats.Problems[0].Severity != sdk.Critical {
			s.Errorf("%q, %+v, %+v", stats.Summary, stats.Checks.FailedBy, stats.Problems)
		}
	})
}
