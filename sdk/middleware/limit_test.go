package middleware_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/middleware"
)

// shop is a route whose user is in the header User.
func shop(t *testing.T, client middleware.Checker, limit *middleware.Limit) *site {
	return serve(t, "POST /", client, middleware.Options{
		SIDs:         []middleware.Field{middleware.JSON("/*", "")},
		Attestations: nil,
		Limit:        limit,
		Subject:      func(r *http.Request) string { return r.Header.Get("User") },
	})
}

func sids(sid string, n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("%q", sid+fmt.Sprint(i))
	}
	return "[" + strings.Join(list, ",") + "]"
}

func TestAUserWhoCostsTooManyBadAnswersWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := genuine()
		s := shop(t, client, nil)
		if w := s.do("POST", "/", sids("evil", 59), "User", "eve"); w.Code != http.StatusUnprocessableEntity {
			t.Fatalf("below the limit: %d", w.Code)
		}
		s.do("POST", "/", `["evil"]`, "User", "eve")
		asked := client.calls()
		w := s.do("POST", "/", `["p1"]`, "User", "eve")
		s.refused(t, w, http.StatusTooManyRequests)
		if w.Header().Get("Retry-After") != "1" || client.calls() != asked {
			t.Errorf("%v, %d calls", w.Header(), client.calls()-asked)
		}
		if w := s.do("POST", "/", `["p1"]`, "User", "ann"); w.Code != http.StatusOK {
			t.Errorf("another user is answered %d", w.Code)
		}
		time.Sleep(time.Second)
		if w := s.do("POST", "/", `["p1"]`, "User", "eve"); w.Code != http.StatusOK {
			t.Errorf("after a second: %d", w.Code)
		}
	})
}

func TestWhatOneRequestBringsBeyondTheLimitCountsAgainstTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := shop(t, genuine(), middleware.NewLimit(60))
		s.do("POST", "/", sids("evil", 600), "User", "eve")
		if w := s.do("POST", "/", `["p1"]`, "User", "eve"); w.Header().Get("Retry-After") != "61" {
			t.Errorf("%d %v", w.Code, w.Header())
		}
		time.Sleep(61 * time.Second)
		if w := s.do("POST", "/", `["p1"]`, "User", "eve"); w.Code != http.StatusOK {
			t.Errorf("after that: %d", w.Code)
		}
	})
}

func TestTryingAgainForgivesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := shop(t, genuine(), middleware.NewLimit(60))
		s.do("POST", "/", sids("evil", 120), "User", "eve")
		time.Sleep(30 * time.Second)
		for range 5 {
			s.refused(t, s.do("POST", "/", `["p1"]`, "User", "eve"), http.StatusTooManyRequests)
		}
	})
}

func TestForgedAttestationsCountEach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := genuine()
		client.fails = map[string]error{"p1": sdk.ErrForged}
		s := shop(t, client, middleware.NewLimit(17))
		tokens := "a" + strings.Repeat(",b", 15)
		s.do("POST", "/", `["p1"]`, "User", "eve", "MS2-Attestation", tokens)
		s.refused(t, s.do("POST", "/", `["p2"]`, "User", "eve"), http.StatusTooManyRequests)
	})
}

func TestWhatCouldNotBeCheckedCostsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := genuine()
		client.err = sdk.ErrNoReplicas
		s := shop(t, client, middleware.NewLimit(1))
		for range 5 {
			s.refused(t, s.do("POST", "/", `["p1","p2"]`, "User", "ann"), http.StatusServiceUnavailable)
		}
	})
}

func TestWhatIsUnderWayCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := genuine()
		release := make(chan struct{})
		client.then = func() { <-release }
		s := shop(t, client, middleware.NewLimit(60))
		for range 2 {
			go s.do("POST", "/", sids("evil", 500), "User", "eve")
		}
		synctest.Wait()
		s.refused(t, s.do("POST", "/", `["p1"]`, "User", "eve"), http.StatusTooManyRequests)
		close(release)
		synctest.Wait()
		time.Sleep(time.Hour)
		if w := s.do("POST", "/", sids("evil", 1000), "User", "eve", "MS2-Attestation", "a,b"); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("a request too large for the limit alone: %d", w.Code)
		}
	})
}

func TestOneLimitServesManyRoutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limit := middleware.NewLimit(1)
		a, b := shop(t, genuine(), limit), shop(t, genuine(), limit)
		a.do("POST", "/", `["evil"]`, "User", "eve")
		b.refused(t, b.do("POST", "/", `["p1"]`, "User", "eve"), http.StatusTooManyRequests)
	})
}

func TestTheZeroLimitLimitsNothing(t *testing.T) {
	for _, limit := range []*middleware.Limit{{}, middleware.NewLimit(0), middleware.NewLimit(-1)} {
		s := shop(t, genuine(), limit)
		for range 3 {
			s.refused(t, s.do("POST", "/", sids("evil", 999), "User", "eve"), http.StatusUnprocessableEntity)
		}
	}
}

func TestAFloodOfUsersFreesNoneWhoIsOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limit := middleware.NewLimit(60)
		limit.End("eve", 0, 900)
		for i := range 20_000 {
			name := fmt.Sprint("user", i)
			if wait := limit.Begin(name, 1); wait > 0 {
				t.Fatalf("user %d waits %v", i, wait)
			}
			limit.End(name, 1, 1)
		}
		if limit.Begin("eve", 1) == 0 {
			t.Error("eve is forgotten")
		}
	})
}

func TestTheLimitIsSafeForManyAtOnce(t *testing.T) {
	limit := middleware.NewLimit(100)
	var passed atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 200 {
				if limit.Begin("eve", 1) == 0 {
					passed.Add(1)
					limit.End("eve", 1, 1)
				}
			}
		})
	}
	all.Wait()
	if n := passed.Load(); n < 100 || n > 120 { // eight may be under way, and each 0.6 s forgive one
		t.Errorf("%d bad answers passed", n)
	}
}

func TestUsersWithoutANameAreToldApartByTheirNetworkUnlessItIsAProxys(t *testing.T) {
	for _, c := range []struct {
		one, other string
		same       bool
	}{
		{"192.0.2.1:1", "192.0.2.1:2", true},
		{"192.0.2.1:1", "192.0.2.2:1", false},
		{"192.0.2.1:1", "[::ffff:192.0.2.1]:1", true},
		{"[2001:db8::1]:1", "[2001:db8::2]:1", true},
		{"[2001:db8::1]:1", "[2001:db8:0:1::1]:1", false},
		{"@", "@", false},
		{"10.1.2.3:1", "10.1.2.3:2", false},
		{"127.0.0.1:1", "127.0.0.1:2", false},
		{"[fd00::1]:1", "[fd00::1]:2", false},
		{"[fe80::1%eth0]:1", "[fe80::1%eth0]:1", false},
		{"100.64.0.1:1", "100.64.0.1:2", false},
		{"@", "pipe", false},
	} {
		s := shop(t, genuine(), middleware.NewLimit(1))
		from := func(remote, body string) int {
			r := httptest.NewRequest("POST", "/", strings.NewReader(body))
			r.Header.Set("Content-Type", "application/json")
			r.RemoteAddr = remote
			return s.answer(r).Code
		}
		from(c.one, `["evil","bad"]`)
		if got := from(c.other, `["p1"]`) == http.StatusTooManyRequests; got != c.same {
			t.Errorf("%s pays for %s: %v, want %v", c.other, c.one, got, c.same)
		}
	}
}

func TestAUserIsWhoTheProgramSays(t *testing.T) {
	s := serve(t, "GET /", genuine(), middleware.Options{
		SIDs:  []middleware.Field{middleware.Query("sid", "")},
		User:  func(r *http.Request) string { return r.Header.Get("X-Key") },
		Limit: middleware.NewLimit(1),
	})
	s.do("GET", "/?sid=evil", "", "X-Key", "a")
	s.refused(t, s.do("GET", "/?sid=p1", "", "X-Key", "a"), http.StatusTooManyRequests)
	if w := s.do("GET", "/?sid=p1", "", "X-Key", "b"); w.Code != http.StatusOK {
		t.Errorf("another key: %d", w.Code)
	}
	for remote, status := range map[string]int{"192.0.2.1:1": http.StatusUnprocessableEntity, "192.0.2.2:1": http.StatusUnprocessableEntity} {
		r := httptest.NewRequest("GET", "/?sid=evil", nil)
		r.RemoteAddr = remote
		if w := s.answer(r); w.Code != status {
			t.Errorf("without a key, from %s: %d", remote, w.Code)
		}
	}
}
