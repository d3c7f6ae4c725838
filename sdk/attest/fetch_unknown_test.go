package attest

import (
	"errors"
	"net/http"
	"runtime"
	"testing"
	"time"
)

func TestAnUnknownKeyBringsOneFetchPastAllCaches(t *testing.T) {
	inKeyBench(t, func(s *keyServer) { s.serves(setOf(keyA), "ETag", `"7"`) }, func(b *keyBench) {
		b.pass(time.Second)
		b.server.serves(setOf(keyA, keyB))
		b.asks()
		b.fetched(2)
		b.has("a", "b")
		if h := b.server.last().Header; h.Get("Cache-Control") != "no-cache" || h.Get("If-None-Match") != `"7"` {
			t.Errorf("header %v", h)
		}
	})
}

func TestAfterAFetchForAnUnknownKeyThereIsACooldownFromTheAttempt(t *testing.T) {
	inKeyBench(t, nil, func(b *keyBench) {
		b.pass(time.Second)
		b.server.answers(func(*http.Request) (*http.Response, error) {
			time.Sleep(4 * time.Second)
			return response(http.StatusOK, setOf(keyA)), nil
		})
		b.asks() // asked at 1 s, answered at 5 s
		b.until(31*time.Second - time.Nanosecond)
		b.asks()
		b.fetched(2)
		b.pass(time.Nanosecond) // that one is not forgotten
		b.fetched(3)
		b.until(time.Minute)
		b.fetched(3)
	})
}

func TestTheCooldownIsTheSameWhenTheFetchFailed(t *testing.T) {
	for name, fail := range map[string]func(*keyServer){
		"an error":    func(s *keyServer) { s.fails(errors.New("broken")) },
		"500":         func(s *keyServer) { s.says(500, "") },
		"an empty":    func(s *keyServer) { s.serves(setOf()) },
		"unreadable":  func(s *keyServer) { s.serves("<html>") },
		"another's":   func(s *keyServer) { s.serves(setBy("idp", keyA)) },
		"a redirect":  func(s *keyServer) { s.says(302, "", "Location", "https://elsewhere/") },
		"no contents": func(s *keyServer) { s.says(204, "") },
	} {
		t.Run(name, func(t *testing.T) {
			inKeyBench(t, nil, func(b *keyBench) {
				b.pass(time.Second)
				fail(b.server)
				for range 290 {
					b.asks()
					b.pass(100 * time.Millisecond)
				}
				b.fetched(2)
				b.has("a")
				b.server.serves(setOf(keyA, keyB))
				b.asks()
				b.until(31 * time.Second)
				b.fetched(3)
				b.has("a", "b")
			})
		})
	}
}

func TestUnknownKeysSeenDuringAFetchHaveTheirAnswerByIt(t *testing.T) {
	inKeyBench(t, nil, func(b *keyBench) {
		b.pass(time.Second)
		b.server.answers(func(*http.Request) (*http.Response, error) {
			time.Sleep(3 * time.Second)
			return response(http.StatusOK, setOf(keyA, keyB)), nil
		})
		b.asks()
		for range 20 {
			b.asks()
			b.pass(100 * time.Millisecond)
		}
		b.until(5 * time.Minute)
		b.fetched(2)
	})
}

func TestARenewalIsNoReasonForACooldown(t *testing.T) {
	inKeyBench(t, nil, func(b *keyBench) {
		b.server.serves(setOf(keyA, keyB))
		b.asks()
		b.fetched(2)
		b.has("a", "b")
	})
}

func TestUnknownKeysBeforeTheFirstSetBeginNoCooldown(t *testing.T) {
	inKeyBench(t, func(s *keyServer) { s.fails(errors.New("no replicas")) }, func(b *keyBench) {
		b.asks()
		b.server.serves(setOf(keyA))
		b.pass(time.Second)
		n := b.server.count()
		b.server.serves(setOf(keyA, keyB))
		b.asks()
		b.fetched(n + 1)
		b.has("a", "b")
	})
}

func TestARenewalThatFailedBeginsACooldown(t *testing.T) {
	inKeyBench(t, nil, func(b *keyBench) {
		b.server.says(500, "")
		b.renewed()
		for range 29 {
			b.asks()
			b.pass(time.Second)
		}
		b.fetched(2)
	})
}

func TestAHundredThousandUnknownKeysCostOneFetchACooldownAndNoMemory(t *testing.T) {
	inKeyBench(t, nil, func(b *keyBench) {
		const rounds = 10
		b.pass(time.Second)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range rounds {
			for range 10_000 {
				if _, known := b.ring.find("nobody's"); known {
					b.ring.unknown()
				}
			}
			b.pass(9 * time.Second)
		}
		runtime.ReadMemStats(&after)
		b.fetched(1 + 4) // at 1 s, 31 s, 61 s and 91 s
		if grown := after.Mallocs - before.Mallocs; grown > 10_000 {
			t.Errorf("%d allocations", grown)
		}
		if n := testing.AllocsPerRun(100, func() { b.ring.find("nobody's"); b.ring.unknown() }); n > 0 {
			t.Errorf("%v allocations a token", n)
		}
	})
}

func TestNobodyWaitsForAFetch(t *testing.T) {
	inKeyBench(t, nil, func(b *keyBench) {
		b.server.answers(hang)
		b.asks() // is under way from now on
		began := time.Now()
		for range 1_000 {
			b.ring.unknown()
			if k, _ := b.ring.find("a"); k == nil {
				t.Fatal("the key is away during a fetch")
			}
			b.ring.stats()
		}
		if d := time.Since(began); d != 0 {
			t.Errorf("it took %v", d)
		}
	})
}
