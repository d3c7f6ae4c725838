package attest

import (
	"errors"
	"log/slog"
	"testing"
	"time"
)

func TestKeysThatAreNotConfirmedForADayAreOutOfUse(t *testing.T) {
	inKeyBench(t, func(s *keyServer) { s.serves(setOf(keyA), "ETag", `"7"`) }, func(b *keyBench) {
		a := b.key("a")
		b.server.fails(errors.New("down"))
		b.until(24*time.Hour - time.Nanosecond)
		if b.has("a"); a.gone.Load() {
			t.Error("too early")
		}
		b.pass(time.Nanosecond)
		b.has()
		if k, known := b.ring.find("a"); k != nil || known || !a.gone.Load() {
			t.Errorf("%v, known %v, gone %v", k, known, a.gone.Load())
		}
		b.wantLogged(slog.LevelError, "out of use", 1)
		b.wantLogged(slog.LevelWarn, "", 1)
		b.server.serves(setOf(keyA))
		b.pass(30 * time.Second)
		b.has("a")
		if b.server.last().Header.Get("If-None-Match") != "" {
			t.Error("it was asked whether a set changed that is not in use")
		}
		if b.key("a") == a || b.key("a").gone.Load() {
			t.Error("what it verified before counts again, or nothing it verifies does")
		}
		b.wantLogged(slog.LevelInfo, "confirmed again", 1)
	})
}

func TestWithoutKeysTheBackoffBeginsAgain(t *testing.T) {
	inKeyBench(t, func(s *keyServer) { s.fails(errors.New("down")) }, func(b *keyBench) {
		b.pass(10 * time.Minute)
		b.server.serves(setOf(keyA))
		b.pass(30 * time.Second)
		good := b.server.times[b.server.count()-1]
		b.server.fails(errors.New("down"))
		b.until(good + 24*time.Hour)
		b.has()
		n := b.server.count()
		b.pass(40 * time.Second) // with keys, and at the end of a backoff, it is two
		if got := b.server.count() - n; got < 5 {
			t.Errorf("%d tries", got)
		}
	})
}

func TestADayEndsByWhicheverClockIsAhead(t *testing.T) {
	for _, c := range []struct {
		wall, monotonic time.Duration
		out             bool
	}{
		{23 * time.Hour, 23 * time.Hour, false},
		{24 * time.Hour, time.Minute, true}, // suspended
		{-24 * time.Hour, time.Hour, false}, // set back
		{-time.Hour, 24 * time.Hour, true},  // set back, and a day passed
		{time.Minute, 24 * time.Hour, true},
		{24 * time.Hour, 24 * time.Hour, true},
	} {
		b := newKeyBench(t, VerifierOptions{Issuer: "ms2"})
		f := &fetcher{keeper: keeper{ring: &b.ring, log: b.log}, good: time.Now()}
		f.use(map[string]*key{"a": {id: "a"}})
		f.expire(Clocks(f.good, c.wall, c.monotonic))
		if out := b.ring.current() == nil; out != c.out {
			t.Errorf("wall %v, monotonic %v: out %v", c.wall, c.monotonic, out)
		}
	}
}

func TestAMachineThatWakesUpRenewsAtOnce(t *testing.T) {
	f := &fetcher{good: time.Now(), renewal: 8 * time.Minute}
	if due := f.due(Clocks(f.good, time.Hour, time.Second)); due > 0 {
		t.Errorf("due in %v", due)
	}
	if due := f.due(Clocks(f.good, -time.Hour, time.Minute)); due != 7*time.Minute {
		t.Errorf("due in %v", due)
	}
}
