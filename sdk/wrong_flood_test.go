package sdk_test

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"testing"
	"time"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk"
)

// Whatever goes wrong at once or comes and goes: the log stays readable, the events complete and the memory bounded.

// floods runs a play of ten minutes, and holds the client to that.
func floods(t *testing.T, names []string, play func(*stage)) {
	t.Helper()
	onStage(t, names, nil, nil, func(s *stage) {
		s.every = time.Second / 2
		s.open(names...)
		play(s)
		stats := s.stats()
		wantSeqs(s, stats.Events)
		if n := len(stats.Events); n > 100 || n < 100 && stats.Events[0].Seq != 1 {
			s.Errorf("%d events, the first of them %d", n, stats.Events[0].Seq)
		}
		s.wantNoSecrets()
		s.wantNoFlood()
		s.wantEnds()
	})
}

// flap has something be so and not so in turn.
func (s *stage) flap(times int, each time.Duration, set func(on bool)) {
	for i := range times {
		set(i%2 == 0)
		s.play(each)
	}
	set(false)
}

func TestFiftyReplicasThatFlapTogetherFloodNothing(t *testing.T) {
	names := make([]string, 50)
	for i := range names {
		names[i] = fmt.Sprintf("r%02d", i)
	}
	floods(t, names, func(s *stage) {
		s.every = time.Second / 10
		down := func(down bool) {
			for _, r := range s.replicas {
				r.listener.SetDown(down)
			}
		}
		down(true)
		s.play(15 * time.Second)
		if !s.told("failing circuit_open connection_refused") {
			s.Error("what is said of the replicas leaves no room for what is said of the whole")
		}
		s.flap(played(40, 8), 15*time.Second, down)
		s.wantKeptBack(true)
	})
}

func TestAReplicaThatFlapsFloodsNothing(t *testing.T) {
	floods(t, []string{"a", "b", "c"}, func(s *stage) {
		s.every = time.Second / 10
		s.flap(played(200, 40), 3*time.Second, s.replicas["b"].listener.SetDown)
		s.wantKeptBack(true)
	})
}

func TestErrorsOfDiscoveryThatDifferEachTimeFloodNothing(t *testing.T) {
	floods(t, []string{"a", "b"}, func(s *stage) {
		for i := range played(600, 120) {
			s.source.tell(discovery.Snapshot{Err: fmt.Errorf("failure %d", i)})
			s.play(time.Second)
		}
		if n := len(s.log.of(slog.LevelWarn)); n != 2 { // of the token without TLS, too
			s.Errorf("%d warnings", n)
		}
		if events := s.stats().Events; len(events) != 2 { // ready, and that
			s.Errorf("%d events", len(events))
		}
		s.flap(played(200, 120), time.Second, func(bad bool) {
			snapshot := discovery.Snapshot{At: time.Now()}
			if bad {
				snapshot = discovery.Snapshot{Err: errors.New(time.Now().String())}
			}
			s.source.tell(snapshot)
		})
		s.wantKeptBack(true)
	})
}

func TestASetThatChangesEachSecondFloodsNothing(t *testing.T) {
	floods(t, []string{"a", "b", "c"}, func(s *stage) {
		s.flap(played(600, 120), time.Second, func(fewer bool) {
			set := instances("a", "b", "c")
			if fewer {
				set = set[:2]
			}
			s.source.tell(discovery.Snapshot{Instances: set, At: time.Now()})
		})
		s.wantKeptBack(true)
	})
}

func TestTenThousandFailingChecksASecondAreTwoLines(t *testing.T) {
	onStage(t, nil, nil, nil, func(s *stage) {
		s.source.tell(discovery.Snapshot{Instances: instances(), At: time.Now()})
		const seconds = 3
		each := played(10_000, 1_000)
		s.failing(each)
		before := heap()
		for range seconds {
			s.failing(each)
			<-time.After(time.Second)
		}
		if grown := heap() - before; grown > 1<<20 {
			s.Errorf("%d bytes more", grown)
		}
		stats := s.stats()
		if want := int64(seconds+1) * int64(each); stats.Checks.FailedBy.NoReplicas != want || stats.Checks.Failed != want {
			s.Errorf("%+v", stats.Checks)
		}
		if lines := s.log.of(slog.LevelInfo); len(lines) != 2 || len(stats.Events) != 1 { // of the token without TLS, too
			s.Errorf("%d lines, %d events", len(lines), len(stats.Events))
		}
		s.wantNoSecrets()
	})
}

// failing makes checks that fail at once.
func (s *stage) failing(n int) {
	for range n {
		refuses(s, s.client, sidMark, sdk.ErrNoReplicas)
	}
}

// heap is the bytes in use.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
