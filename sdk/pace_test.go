package sdk

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk/internal/hook"
)

// written keeps what a log is given.
type written struct {
	slog.Handler
	level slog.Level
	mu    sync.Mutex
	lines []string
	at    []time.Time
}

func (w *written) Enabled(_ context.Context, l slog.Level) bool { return l >= w.level }

func (w *written) Handle(_ context.Context, r slog.Record) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines, w.at = append(w.lines, r.Message), append(w.at, time.Now())
	return nil
}

func (w *written) WithAttrs([]slog.Attr) slog.Handler { return w }
func (w *written) WithGroup(string) slog.Handler      { return w }

func TestTheLogEndsWithWhatIsSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &written{}
		l := newLogger(slog.New(w), &hook.Guard{}, "c", "s")
		about := func(p part, message string) { l.about(subject{"a", true, p}, slog.LevelInfo, message) }
		for range 5 {
			about(beginning, "out")
			time.Sleep(time.Second)
			about(ending, "back")
			time.Sleep(time.Second)
		}
		about(beginning, "out")
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if lastOf(w.lines) != "out" {
			t.Errorf("%q", w.lines)
		}
		l.close()
	})
}

// lastOf is the last line that is none of the log's own.
func lastOf(lines []string) (last string) {
	for _, l := range lines {
		if l != keptBack {
			last = l
		}
	}
	return last
}

func TestWhateverBeginsAndEndsTheLogIsReadableAndEndsWithWhatIsSo(t *testing.T) {
	for seed := range uint64(200) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			w := &written{}
			l := newLogger(slog.New(w), &hook.Guard{}, "c", "s")
			names := []string{"a", "b", "c", "d", "e", "f", "g", "h", "/x", "/y"}[:1+random.IntN(10)]
			on := map[string]bool{}
			for range 300 {
				n := names[random.IntN(len(names))]
				on[n] = !on[n]
				p, word := ending, " ends"
				if on[n] {
					p, word = beginning, " begins"
				}
				l.about(subject{n, n[0] != '/', p}, slog.LevelInfo, n+word)
				time.Sleep(time.Duration(random.IntN(3000)) * time.Millisecond)
			}
			time.Sleep(10 * time.Minute)
			synctest.Wait()
			said := map[string]bool{}
			for _, n := range names {
				for _, line := range w.lines {
					if line == n+" begins" {
						said[n] = true
					} else if line == n+" ends" {
						said[n] = false
					}
				}
				if said[n] != on[n] {
					t.Errorf("%d: %s is %t and the log says %t", seed, n, on[n], said[n])
				}
			}
			for i := 20; i < len(w.at); i++ {
				if w.at[i].Sub(w.at[i-20]) < time.Minute {
					t.Fatalf("%d: 21 lines in a minute", seed)
				}
			}
			l.close()
		})
	}
}

func TestTheCountsOfTheLogAreOfWhatWasWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &written{level: slog.LevelInfo}
		l := newLogger(slog.New(w), &hook.Guard{}, "c", "s")
		l.log(slog.LevelDebug, "unheard")
		l.log(slog.LevelInfo, "heard")
		synctest.Wait()
		if n := l.counted(); n.Written != 1 {
			t.Errorf("%+v, of which %q were written", n, w.lines)
		}
		most := int64(0)
		for range 600 {
			for _, p := range []part{beginning, ending} {
				l.about(subject{"a", true, p}, slog.LevelInfo, "it")
				if n := l.counted().Suppressed; n < most {
					t.Fatalf("suppressed went from %d to %d", most, n)
				} else {
					most = n
				}
			}
			time.Sleep(time.Second)
		}
		l.close()
	})
}

// faulty is a handler that panics.
type faulty struct{ written }

func (*faulty) Handle(context.Context, slog.Record) error { panic("no room") }

func TestALineThatTheHandlerPanicsOverIsCountedAsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLogger(slog.New(&faulty{}), &hook.Guard{}, "c", "s")
		l.log(slog.LevelInfo, "lost")
		synctest.Wait()
		if n := l.counted(); n.Written != 0 || n.Dropped != 1 {
			t.Errorf("%+v", n)
		}
		l.close()
	})
}

func TestALeavingReplicaThatBreaksDoesNotStay(t *testing.T) {
	e := Event{Kind: EventState, Replica: "a", From: "draining", To: "broken"}
	if l := e.line(); l.level >= slog.LevelInfo {
		t.Errorf("%+v", l)
	}
}
