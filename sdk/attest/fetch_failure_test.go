package attest

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestAnythingButTheSetIsAFailureThatIsNamed(t *testing.T) {
	for _, c := range []struct {
		name, body string
		status     int
		why        string
	}{
		{"an error of MS2's", "", 500, "HTTP 500"}, {"too many", "", 429, "HTTP 429"}, {"not there", "", 404, "HTTP 404"}, {"no token", "", 401, "HTTP 401"},
		{"other success", setOf(keyB), 203, "HTTP 203"}, {"a redirect", setOf(keyB), 301, "redirects are not followed"},
		{"one that keeps the method", setOf(keyB), 308, "redirects are not followed"},
		{"a page", "<html>", 200, "cannot be read"}, {"empty", "", 200, "cannot be read"}, {"no keys", setOf(), 200, "no keys"},
		{"too large", setOf(keyB) + strings.Repeat(" ", 64<<10), 200, "64 KiB"}, {"another's", setBy("idp", keyB), 200, `"idp", want "ms2"`},
		{"nobody's", `{"keys":[` + keyB + `]}`, 200, `no member ms2_issuer, want "ms2"`},
		{"of other algorithms", setOf(keyE), 200, "VerifierOptions.Algorithms"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inKeyBench(t, nil, func(b *keyBench) {
				b.server.says(c.status, c.body, "Location", "https://elsewhere/")
				b.pass(8 * time.Minute)
				b.has("a")
				if s := b.ring.stats(); s.Error == nil || !strings.Contains(*s.Error, c.why) || s.Fetches != int64(b.server.count()) {
					t.Errorf("%+v, %q; want %q", s, b.trouble(), c.why)
				}
			})
		})
	}
}

// cutOff is a body that ends by an error.
type cutOff struct{ io.Reader }

func (c cutOff) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func (cutOff) Close() error { return nil }

func TestASetThatIsCutOffIsAFailure(t *testing.T) {
	inKeyBench(t, nil, func(b *keyBench) {
		b.server.answers(func(*http.Request) (*http.Response, error) {
			r := response(http.StatusOK, "")
			r.Body = cutOff{strings.NewReader(setOf(keyB))}
			return r, nil
		})
		b.pass(8 * time.Minute)
		b.has("a")
		if !strings.Contains(b.trouble(), "cut off") {
			t.Errorf("%q", b.trouble())
		}
	})
}

func TestAFetchThatHangsEndsAfterFiveSeconds(t *testing.T) {
	inKeyBench(t, func(s *keyServer) {
		s.answers(hang)
	}, func(b *keyBench) {
		b.pass(5*time.Second - time.Nanosecond)
		if b.trouble() != "" {
			t.Errorf("%q", b.trouble())
		}
		b.pass(time.Nanosecond)
		if b.trouble() == "" {
			t.Error("it goes on")
		}
		b.server.serves(setOf(keyA))
		b.pass(time.Second)
		b.has("a")
	})
}

func TestARenewalThatFailsIsRepeatedWithoutHurry(t *testing.T) {
	inKeyBench(t, nil, func(b *keyBench) {
		b.server.says(500, "")
		b.pass(20 * time.Minute)
		for i, at := range b.server.times[2:] {
			if gap := at - b.server.times[i+1]; gap < 30*time.Second || gap > 36*time.Second {
				t.Errorf("try %d came %v after the last", i+3, gap)
			}
		}
		b.has("a")
		b.server.serves(setOf(keyA, keyB))
		b.pass(36 * time.Second)
		b.has("a", "b")
		if got := b.server.last().Header.Get("Cache-Control"); got != "no-cache" {
			t.Errorf("Cache-Control: %q: a cache on the way may repeat what was wrong", got)
		}
	})
}

func TestAnOutageLosesNoKeyAndIsOverSoonAfterItsEnd(t *testing.T) { // case 28
	inKeyBench(t, nil, func(b *keyBench) {
		a := b.key("a")
		b.server.says(500, "")
		for range 10 { // forced
			b.asks()
			b.pass(31 * time.Second)
		}
		b.pass(20 * time.Minute) // two lives
		if b.key("a") != a || a.gone.Load() {
			t.Error("the key is lost")
		}
		b.server.serves(setOf(keyA, keyB))
		b.pass(36 * time.Second)
		b.has("a", "b")
		if b.key("a") != a || b.trouble() != "" {
			t.Errorf("the key changed, or %q", b.trouble())
		}
	})
}

func TestATroubleIsLoggedOnceWhenItBeginsAndOnceWhenItEnds(t *testing.T) {
	inKeyBench(t, nil, func(b *keyBench) {
		for range 2 {
			b.server.fails(errors.New("broken wire"))
			b.pass(time.Hour)
			b.server.serves(setOf(keyA))
			b.pass(36 * time.Second)
		}
		b.wantLogged(slog.LevelWarn, "can't be confirmed", 2)
		b.wantLogged(slog.LevelWarn, "broken wire", 2)
		b.wantLogged(slog.LevelInfo, "confirmed again", 2)
		b.wantLogged(slog.LevelInfo, "after=5", 2) // 52 to 53 min of the hour
		if len(b.logs) != 5 {
			t.Errorf("%q", b.logs)
		}
	})
}

func TestASetOfAnotherIsLoggedAsAnErrorOnceInATrouble(t *testing.T) {
	inKeyBench(t, func(s *keyServer) { s.fails(errors.New("no replicas")) }, func(b *keyBench) {
		b.server.serves(setBy("idp", keyB))
		b.pass(10 * time.Minute)
		b.wantLogged(slog.LevelError, `member ms2_issuer is "idp", want "ms2"`, 1)
		b.wantLogged(slog.LevelWarn, "", 1)
		b.has()
		b.server.serves(setOf(keyA))
		b.pass(30 * time.Second)
		b.has("a")
		b.server.serves(setBy("idp", keyB))
		b.pass(20 * time.Minute)
		b.wantLogged(slog.LevelError, `"idp"`, 2)
		b.wantLogged(slog.LevelWarn, "", 1)
	})
}

func TestWhatIsLeftOutIsLoggedWhenItChanges(t *testing.T) {
	inKeyBench(t, func(s *keyServer) { s.serves(setOf(keyA, rsaKey)) }, func(b *keyBench) {
		b.pass(time.Hour)
		b.wantLogged(slog.LevelWarn, "key r: its type is RSA", 1)
		if s := b.ring.stats(); len(s.Dropped) != 1 || !strings.HasPrefix(s.Dropped[0], "key r:") {
			t.Errorf("%q", s.Dropped)
		}
		b.server.serves(setOf(keyA, keyE))
		b.pass(10 * time.Minute)
		b.wantLogged(slog.LevelWarn, "key e: its algorithm ES256 is not among", 1)
		b.server.serves(setOf(keyA))
		b.pass(10 * time.Minute)
		b.wantLogged(slog.LevelWarn, "", 2)
		if s := b.ring.stats(); s.Dropped == nil || len(s.Dropped) > 0 {
			t.Errorf("%q", s.Dropped)
		}
	})
}

func TestWithoutALoggerNothingIsLogged(t *testing.T) {
	inKeyBench(t, nil, func(b *keyBench) {
		other := newKeyBench(b.t, b.options)
		setup := other.setup()
		setup.Log = nil
		if err := other.Open(setup); err != nil {
			t.Fatal(err)
		}
		other.server.says(500, "")
		other.run()
		other.pass(time.Minute)
		other.has()
	})
}
