package attest

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestAKeyGoesWhenTwoFetchesThatAreHalfAMinuteApartLackIt(t *testing.T) {
	inKeyBench(t, func(s *keyServer) { s.serves(setOf(keyA, keyB)) }, func(b *keyBench) {
		gone, stays := b.key("a"), b.key("b")
		b.pass(time.Second)
		b.server.serves(setOf(keyB, keyC))
		b.asks()
		b.has("a", "b", "c") // the new one counts at once
		b.pass(30*time.Second - time.Nanosecond)
		b.fetched(2)
		if gone.gone.Load() {
			t.Error("it went too early")
		}
		b.pass(time.Nanosecond)
		b.fetched(3)
		b.has("b", "c")
		if !gone.gone.Load() || stays.gone.Load() {
			t.Errorf("gone: %v, the one that stays: %v", gone.gone.Load(), stays.gone.Load())
		}
		if got := b.server.last().Header.Get("Cache-Control"); got != "no-cache" {
			t.Errorf("Cache-Control: %q: a cache on the way may repeat the first answer", got)
		}
		b.wantLogged(slog.LevelInfo, "withdrawn [keys=[a]]", 1)
		b.wantLogged(slog.LevelInfo, "new [keys=[c]]", 1)
	})
}

func TestAFetchInBetweenThatLacksAKeyIsTooEarly(t *testing.T) {
	inKeyBench(t, func(s *keyServer) { s.serves(setOf(keyA, keyB)) }, func(b *keyBench) {
		b.server.serves(setOf(keyB))
		b.renewed()
		b.asks() // lacks it too
		b.fetched(3)
		b.pass(29 * time.Second)
		b.has("a", "b")
		b.pass(time.Second)
		b.fetched(4)
		b.has("b")
	})
}

func TestAKeyThatIsBackInBetweenStays(t *testing.T) {
	inKeyBench(t, func(s *keyServer) { s.serves(setOf(keyA, keyB)) }, func(b *keyBench) {
		a := b.key("a")
		b.pass(time.Second)
		for range 5 { // replicas rolled one by one
			b.server.serves(setOf(keyB))
			b.asks()
			b.server.serves(setOf(keyA, keyB))
			b.pass(30 * time.Second)
		}
		b.has("a", "b")
		if b.key("a") != a || a.gone.Load() {
			t.Error("it was lost in between")
		}
		b.fetched(1 + 2*5) // one for the unknown key, one that confirms
	})
}

func TestAFailedFetchInBetweenCountsForNothing(t *testing.T) {
	inKeyBench(t, func(s *keyServer) { s.serves(setOf(keyA, keyB)) }, func(b *keyBench) {
		b.pass(time.Second)
		b.server.serves(setOf(keyB))
		b.asks()
		b.server.says(500, "")
		b.pass(30 * time.Second)
		b.fetched(3)
		b.has("a", "b")
		b.server.serves(setOf(keyB))
		b.pass(36 * time.Second)
		b.fetched(4)
		b.has("b")
	})
}

func TestNotModifiedConfirmsThatAKeyIsLacking(t *testing.T) {
	inKeyBench(t, func(s *keyServer) { s.serves(setOf(keyA, keyB)) }, func(b *keyBench) {
		b.pass(time.Second)
		b.server.answers(func(r *http.Request) (*http.Response, error) {
			if r.Header.Get("If-None-Match") == `"8"` {
				return response(http.StatusNotModified, ""), nil
			}
			return response(http.StatusOK, setOf(keyB), "ETag", `"8"`), nil
		})
		b.asks()
		b.has("a", "b")
		b.pass(30 * time.Second)
		b.fetched(3)
		b.has("b")
		b.pass(9 * time.Minute)
		b.has("b")
		b.fetched(4)
	})
}

func TestAKeyThatIsServedAgainIsANewOne(t *testing.T) {
	inKeyBench(t, func(s *keyServer) { s.serves(setOf(keyA, keyB)) }, func(b *keyBench) {
		old := b.key("a")
		b.pass(time.Second)
		b.server.serves(setOf(keyB))
		b.asks()
		b.pass(30 * time.Second)
		b.has("b")
		b.server.serves(setOf(keyA, keyB))
		b.asks()
		b.has("a", "b")
		if b.key("a") == old || !old.gone.Load() || b.key("a").gone.Load() {
			t.Error("what the withdrawn one verified counts again")
		}
	})
}

func TestARotationAheadCostsOneFetchFromBehind(t *testing.T) {
	inKeyBench(t, nil, func(b *keyBench) {
		b.server.serves(setOf(keyA, keyB)) // b is published, and used after a life and a cooldown
		b.pass(10*time.Minute + 30*time.Second)
		b.has("a", "b")
		b.fetched(2)
	})
}

func TestAKeyThatCannotBeUsedAnyMoreIsWithdrawn(t *testing.T) {
	inKeyBench(t, func(s *keyServer) { s.serves(setOf(keyA, keyB)) }, func(b *keyBench) {
		b.pass(time.Second)
		b.server.serves(setOf(with(keyA, "use", `"enc"`), keyB))
		b.asks()
		b.pass(30 * time.Second)
		b.has("b")
	})
}

func TestASetThatIsNeverTheSameStaysBounded(t *testing.T) {
	inKeyBench(t, nil, func(b *keyBench) {
		n := 0
		b.server.answers(func(*http.Request) (*http.Response, error) {
			keys := make([]string, 32)
			for i := range keys {
				n++
				keys[i] = edKey(strings.Repeat("k", n%60+1)+string(rune('a'+n%26)), byte(n))
			}
			return response(http.StatusOK, setOf(keys...)), nil
		})
		for range 120 {
			b.asks()
			b.pass(time.Second)
			if got := len(b.ring.current()); got > 4*32 {
				t.Fatalf("%d keys", got)
			}
		}
	})
}
