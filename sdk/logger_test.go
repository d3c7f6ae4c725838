package sdk_test

import (
	"bytes"
	"context"
	"log/slog"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk"
)

// handler is a log handler that does something bad with every record.
type handler func()

func (handler) Enabled(context.Context, slog.Level) bool    { return true }
func (h handler) Handle(context.Context, slog.Record) error { h(); return nil }
func (h handler) WithAttrs([]slog.Attr) slog.Handler        { return h }
func (h handler) WithGroup(string) slog.Handler             { return h }

// journal is a log handler that keeps what each record says, after it did something with it.
type journal struct {
	handler
	do func(said string)

	mu   sync.Mutex
	said []string
	at   []time.Time
}

func (j *journal) Handle(_ context.Context, r slog.Record) error {
	said := r.Message
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "error" || a.Key == "count" {
			said += " " + a.Value.String()
		}
		return true
	})
	j.do(said)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.said, j.at = append(j.said, said), append(j.at, r.Time)
	return nil
}

// talker logs what a test has it log: it is a verifier, since those may.
type talker struct {
	*scriptedVerifier
}

// journaled runs a test with a client whose log is kept, and with one that has it log.
func journaled(t *testing.T, do func(said string), run func(t *testing.T, j *journal, from talker, c *sdk.Client)) {
	t.Helper()
	inBubble(t, func(t *testing.T, f *fleet) {
		j, from := &journal{do: do}, talker{newVerifier()}
		c := f.clientWith(sdk.Config{KeysInsecure: true}, sdk.WithSource(newTeller()), sdk.WithAttestations(from), sdk.WithLogger(slog.New(j)))
		run(t, j, from, c)
	}, "a")
}

// tell logs the records first to last, so slowly that none is kept back.
func (l talker) tell(first, last int) {
	for i := first; i <= last; i++ {
		l.setup.Log(slog.LevelWarn, strconv.Itoa(i))
		<-time.After(pace)
	}
}

// pace is slow enough for the log.
const pace = 4 * time.Second

// counted lists the records first to last.
func counted(first, last int) (said []string) {
	for i := first; i <= last; i++ {
		said = append(said, strconv.Itoa(i))
	}
	return said
}

// wrote holds the journal to what it should say.
func (j *journal) wrote(t *testing.T, want ...[]string) {
	t.Helper()
	synctest.Wait()
	if want := slices.Concat(want...); !slices.Equal(j.said, want) {
		t.Errorf("wrote %q\nwant %q", j.said, want)
	}
}

func TestRecordsThatComeWhileOneIsWrittenFollowInOrderWithTheirOwnTime(t *testing.T) {
	var healed chan struct{}
	journaled(t, func(string) { <-healed }, func(t *testing.T, j *journal, from talker, _ *sdk.Client) {
		healed = make(chan struct{})
		start := time.Now()
		from.tell(0, 100)
		j.wrote(t)
		close(healed)
		j.wrote(t, counted(0, 100))
		for i, at := range j.at {
			if d := at.Sub(start); d != time.Duration(i)*pace {
				t.Errorf("record %d is of %v", i, d)
			}
		}
	})
}

func TestRecordsThatDoNotFitAreCountedInOneRecord(t *testing.T) {
	var turn chan struct{}
	journaled(t, func(string) { <-turn }, func(t *testing.T, j *journal, from talker, _ *sdk.Client) {
		turn = make(chan struct{})
		from.tell(0, 107) // one is with the handler, a hundred wait
		turn <- struct{}{}
		j.wrote(t, counted(0, 0))
		from.tell(108, 109) // the note is one of a hundred
		turn <- struct{}{}
		j.wrote(t, counted(0, 1))
		from.tell(110, 113)
		close(turn)
		j.wrote(t, counted(0, 100), []string{"ms2: log records were dropped 9", "110", "ms2: log records were dropped 3"})
		from.tell(114, 115)
		synctest.Wait()
		if !slices.Equal(j.said[len(j.said)-2:], counted(114, 115)) {
			t.Errorf("wrote %q at last", j.said[len(j.said)-2:])
		}
	})
}

func TestAfterARecordThatItsHandlerFallsOverTheNextIsWritten(t *testing.T) {
	for name, bad := range map[string]func(){"panic": func() { panic("boom") }, "Goexit": runtime.Goexit} {
		var healed chan struct{}
		do := func(said string) {
			<-healed
			if strings.HasSuffix(said, "3") || strings.HasSuffix(said, "4") {
				bad()
			}
		}
		journaled(t, do, func(t *testing.T, j *journal, from talker, c *sdk.Client) {
			healed = make(chan struct{})
			from.tell(3, 14)
			close(healed)
			j.wrote(t, counted(5, 12))
			from.tell(15, 16)
			j.wrote(t, counted(5, 12), counted(15, 16))
			if err := c.Close(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}

func TestCloseNamesALoggerThatBlocks(t *testing.T) {
	var healed chan struct{}
	journaled(t, func(string) { <-healed }, func(t *testing.T, j *journal, from talker, c *sdk.Client) {
		healed = make(chan struct{})
		from.tell(0, 5)
		start := time.Now()
		err := c.Close()
		took(t, start, 5*time.Second)
		if err == nil || err.Error() != "ms2: close: the adopter's logger (WithLogger) has not returned from 1 call(s)" {
			t.Errorf("got %v", err)
		}
		close(healed)
		j.wrote(t, counted(0, 5), []string{"ms2: the client is closed"})
	})
}

func TestALoggerThatBlocksOrPanicsHarmsNoCheck(t *testing.T) {
	var healed chan struct{}
	for name, bad := range map[string]func(){"panic": func() { panic("boom") }, "Goexit": runtime.Goexit, "block": func() { <-healed }} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, start := newFleet(t, "a"), time.Now()
				if name == "block" {
					healed = make(chan struct{})
					defer close(healed)
				}
				c := f.clientWith(sdk.Config{Endpoints: []string{"a:80"}, Unknown: []string{"MS2_TIMOUT"}, Token: "secret"}, sdk.WithLogger(slog.New(handler(bad))))
				if d := time.Since(start); d > time.Second {
					t.Errorf("New took %v", d)
				}
				expect(t, c, "a", true, sdk.Fresh)
			})
		})
	}
}

func TestTheLogNamesUnknownVariablesAndATokenInTheClear(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		var log bytes.Buffer
		cfg := sdk.Config{Endpoints: []string{"a:80"}, Unknown: []string{"MS2_TIMOUT", "MS2_ZONES"}, Token: "secret"}
		f.clientWith(cfg, sdk.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		synctest.Wait()
		for _, want := range []string{"MS2_TIMOUT", "nearest=MS2_TIMEOUT", "MS2_ZONES", "MS2_SCHEME=https"} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("%q is not in the log:\n%s", want, &log)
			}
		}
		if strings.Contains(log.String(), "secret") {
			t.Error("the log holds the token")
		}
	}, "a")
}

func TestTheLogTellsWhenDiscoveryFailsAndRecovers(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		var log bytes.Buffer
		source := newTeller()
		f.clientWith(sdk.Config{}, sdk.WithSource(source), sdk.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		source.tell(discovery.Snapshot{Instances: instances("a")})
		for range 3 {
			source.tell(discovery.Snapshot{Err: errRegistry})
		}
		source.tell(discovery.Snapshot{At: time.Now()})
		synctest.Wait()
		if n := strings.Count(log.String(), errRegistry.Error()); n != 1 {
			t.Errorf("%d lines on the failure:\n%s", n, &log)
		}
		if !strings.Contains(log.String(), "confirmed again") {
			t.Errorf("nothing on the recovery:\n%s", &log)
		}
	}, "a")
}
