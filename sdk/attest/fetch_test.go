package attest

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestTheSetIsFetchedFromMS2AsSoonAsRunBegins(t *testing.T) {
	inKeyBench(t, nil, func(b *keyBench) {
		b.fetched(1)
		b.has("a")
		r := b.server.last()
		if r.Method != http.MethodGet || r.URL.String() != "https://ms2/.well-known/jwks.json" {
			t.Errorf("%s %s", r.Method, r.URL)
		}
		if r.Header.Get("If-None-Match") != "" || r.Header.Get("Cache-Control") != "" {
			t.Errorf("header %v", r.Header)
		}
		if deadline, ok := r.Context().Deadline(); !ok || deadline.Sub(b.server.began) != 5*time.Second {
			t.Errorf("a deadline at %v", deadline)
		}
		b.wantLogged(slog.LevelInfo, "new", 1)
	})
}

func TestNoKeyIsKnownBeforeTheFirstSet(t *testing.T) {
	inKeyBench(t, func(s *keyServer) { s.fails(errors.New("no replicas")) }, func(b *keyBench) {
		if k, known := b.ring.find("a"); k != nil || known {
			t.Errorf("%v, known %v", k, known)
		}
		b.server.serves(setOf(keyA))
		b.pass(time.Second)
		if k, known := b.ring.find("a"); k == nil || !known {
			t.Errorf("%v, known %v", k, known)
		}
		if k, known := b.ring.find("b"); k != nil || !known {
			t.Errorf("another: %v, known %v", k, known)
		}
	})
}

func TestTheFirstSetIsTriedForWithABackoff(t *testing.T) {
	inKeyBench(t, func(s *keyServer) { s.fails(errors.New("no replicas")) }, func(b *keyBench) {
		for range 6_000 { // an unknown key brings it no sooner
			b.asks()
			b.pass(50 * time.Millisecond)
		}
		base := 250 * time.Millisecond
		for i, at := range b.server.times[1:] {
			gap := at - b.server.times[i]
			if gap < base*8/10 || gap > base*12/10+time.Nanosecond || gap > 30*time.Second+time.Nanosecond {
				t.Errorf("try %d came %v after the last, want %v ± 20 %%", i+2, gap, base)
			}
			base = min(2*base, 25*time.Second)
		}
		if n := b.server.count(); n < 15 || n > 22 {
			t.Errorf("%d requests in 5 min", n)
		}
	})
}

func TestASetIsRenewedFromBehindAtFourFifthsOfItsLife(t *testing.T) {
	for _, c := range []struct {
		header string
		life   time.Duration
	}{
		{"", 10 * time.Minute}, {"public", 10 * time.Minute}, {"max-age=1200", 20 * time.Minute}, {"public, MAX-AGE=120", 2 * time.Minute},
		{"max-age=1", time.Minute}, {"max-age=0", time.Minute}, {"max-age=86400", time.Hour}, {"max-age=99999999999999999999", time.Hour},
		{"no-store", time.Minute}, {"no-cache, max-age=1200", time.Minute}, {"max-age=soon", time.Minute}, {"max-age=-5", time.Minute},
		{`max-age="1200"`, 20 * time.Minute}, {"max-age=1200, max-age=600", 10 * time.Minute}, {"s-maxage=120", 10 * time.Minute},
	} {
		t.Run(c.header, func(t *testing.T) {
			inKeyBench(t, func(s *keyServer) { s.serves(setOf(keyA), "Cache-Control", c.header) }, func(b *keyBench) {
				b.pass(c.life*7/10 - time.Nanosecond)
				b.fetched(1)
				b.pass(c.life/10 + time.Nanosecond)
				b.fetched(2)
				b.wantLogged(slog.LevelInfo, "new", 1)
			})
		})
	}
}

func TestTheAgeInACacheCounts(t *testing.T) {
	inKeyBench(t, func(s *keyServer) { s.serves(setOf(keyA), "Cache-Control", "max-age=1200", "Age", "1000") }, func(b *keyBench) {
		b.pass(200*time.Second*8/10 + time.Nanosecond)
		b.fetched(2)
	})
}

func TestRenewalsOfManyClientsAreSpread(t *testing.T) {
	seen := map[time.Duration]bool{}
	for range 20 {
		inKeyBench(t, nil, func(b *keyBench) {
			b.pass(9 * time.Minute)
			seen[b.server.times[1].Round(time.Second)] = true
		})
	}
	if len(seen) < 5 {
		t.Errorf("20 clients renewed at %v", seen)
	}
}

func TestAnUnchangedSetIsConfirmedByItsTag(t *testing.T) {
	inKeyBench(t, func(s *keyServer) { s.serves(setOf(keyA), "ETag", `"7"`, "Cache-Control", "max-age=1200") }, func(b *keyBench) {
		a := b.key("a")
		b.server.says(http.StatusNotModified, "")
		b.pass(16 * time.Minute)
		b.fetched(2)
		if got := b.server.last().Header.Get("If-None-Match"); got != `"7"` {
			t.Errorf("If-None-Match: %s", got)
		}
		if b.key("a") != a || b.trouble() != "" {
			t.Errorf("the key changed, or %q", b.trouble())
		}
		b.until(28*time.Minute - time.Nanosecond) // the life of before goes on, since the 304 told none
		b.fetched(2)
		b.server.says(http.StatusNotModified, "", "Cache-Control", "max-age=60")
		b.until(32 * time.Minute)
		n := b.server.count()
		b.pass(48 * time.Second)
		if more := b.server.count() - n; n < 3 || more < 1 || more > 2 { // one every 42 to 48 s
			t.Errorf("the life that the 304 told is not used: %v", b.server.times)
		}
	})
}

func TestNotModifiedWithoutATagIsAFailure(t *testing.T) {
	inKeyBench(t, func(s *keyServer) { s.says(http.StatusNotModified, "") }, func(b *keyBench) {
		if !strings.Contains(b.trouble(), "304") {
			t.Errorf("%q", b.trouble())
		}
		b.has()
	})
}

func TestATagThatIsTooLongIsNotKept(t *testing.T) {
	inKeyBench(t, func(s *keyServer) { s.serves(setOf(keyA), "ETag", `"`+strings.Repeat("e", 300)+`"`) }, func(b *keyBench) {
		b.pass(8 * time.Minute)
		if got := b.server.last().Header.Get("If-None-Match"); b.server.count() != 2 || got != "" {
			t.Errorf("%d requests, the last with %q", b.server.count(), got)
		}
	})
}

func TestAKeyThatStaysIsNotReplaced(t *testing.T) {
	inKeyBench(t, nil, func(b *keyBench) {
		a := b.key("a")
		b.server.serves(setOf(keyB, keyA))
		b.pass(8 * time.Minute)
		b.has("a", "b")
		if b.key("a") != a || a.gone.Load() {
			t.Error("it was replaced: what it verified is forgotten")
		}
		b.wantLogged(slog.LevelInfo, "new [keys=[b]]", 1)
	})
}

func TestAnIDWithANewKeyIsAnotherKeyAtOnce(t *testing.T) {
	inKeyBench(t, nil, func(b *keyBench) {
		a := b.key("a")
		b.server.serves(setOf(edKey("a", 9)))
		b.pass(8 * time.Minute)
		if b.key("a") == a || !a.gone.Load() || b.key("a").gone.Load() {
			t.Error("the old key counts")
		}
	})
}
