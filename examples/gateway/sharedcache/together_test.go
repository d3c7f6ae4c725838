package sharedcache_test

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/examples/gateway/sharedcache"
)

// slowly answers after a second.
func slowly(answer func(*http.Request) (*http.Response, error)) func(*http.Request) (*http.Response, error) {
	return func(req *http.Request) (*http.Response, error) {
		select {
		case <-time.After(time.Second):
			return answer(req)
		case <-req.Context().Done():
			return nil, req.Context().Err()
		}
	}
}

// atOnce sends requests together and returns the bodies of their answers in order.
func atOnce(t *testing.T, cache *sharedcache.Cache, requests ...*http.Request) []string {
	t.Helper()
	bodies := make([]string, len(requests))
	var all sync.WaitGroup
	for i, req := range requests {
		all.Go(func() { bodies[i] = send(t, cache, req).body })
	}
	all.Wait()
	return bodies
}

func many(t *testing.T, n int, lines ...string) (requests []*http.Request) {
	t.Helper()
	for range n {
		requests = append(requests, request(t, http.MethodGet, page, lines...))
	}
	return requests
}

func TestRequestsForOnePageShareOne(t *testing.T) {
	inBubble(t, sharedcache.Options{}, func(t *testing.T, o *origin, cache *sharedcache.Cache) {
		o.answer = slowly(o.answer)
		for _, body := range atOnce(t, cache, many(t, 100)...) {
			if body != "whole" {
				t.Errorf("got %q", body)
			}
		}
		if counts := cache.Counts(); o.count() != 1 || counts != (sharedcache.Counts{Misses: 100, Coalesced: 99, Forwarded: 1}) {
			t.Errorf("%d requests, %+v", o.count(), counts)
		}
	})
}

func TestWhatMayNotBeKeptIsSharedWithNobody(t *testing.T) {
	for _, control := range []string{"private, max-age=60", "no-store", "max-age=0"} {
		inBubble(t, sharedcache.Options{}, func(t *testing.T, o *origin, cache *sharedcache.Cache) {
			o.answer = slowly(func(req *http.Request) (*http.Response, error) {
				return answering(200, req.Header.Get("Cookie"), "Cache-Control: "+control)(req)
			})
			bodies := atOnce(t, cache, request(t, "GET", page, "Cookie: ada"), request(t, "GET", page, "Cookie: ben"), request(t, "GET", page, "Cookie: eve"))
			if bodies[0] != "ada" || bodies[1] != "ben" || bodies[2] != "eve" || o.count() != 3 {
				t.Errorf("%s: got %q after %d requests", control, bodies, o.count())
			}
		})
	}
}

// RFC 9111, 4: those who wait may have an answer only where they might reuse it.
func TestWhatMustBeValidatedEachTimeIsSharedWithNobody(t *testing.T) {
	for _, control := range []string{"no-cache", "max-age=0", "max-age=1", "max-age=60, no-cache=x"} {
		inBubble(t, sharedcache.Options{}, func(t *testing.T, o *origin, cache *sharedcache.Cache) {
			o.answer = slowly(func(req *http.Request) (*http.Response, error) {
				return answering(200, req.Header.Get("Cookie"), "Cache-Control: "+control, `ETag: "`+req.Header.Get("Cookie")+`"`)(req)
			})
			bodies := atOnce(t, cache, request(t, "GET", page, "Cookie: ada"), request(t, "GET", page, "Cookie: ben"), request(t, "GET", page, "Cookie: eve"))
			if bodies[0] != "ada" || bodies[1] != "ben" || bodies[2] != "eve" || o.count() != 3 {
				t.Errorf("%s: got %q after %d requests", control, bodies, o.count())
			}
		})
	}
}

func TestUsersWhoWaitTogetherGetTheirOwnVariant(t *testing.T) {
	inBubble(t, sharedcache.Options{}, func(t *testing.T, o *origin, cache *sharedcache.Cache) {
		o.answer = slowly(func(req *http.Request) (*http.Response, error) {
			return answering(200, req.Header.Get("A"), "Cache-Control: max-age=60", "Vary: A")(req)
		})
		bodies := atOnce(t, cache, append(many(t, 20, "A: 1"), many(t, 20, "A: 2")...)...)
		for i, body := range bodies {
			if want := []string{"1", "2"}[i/20]; body != want {
				t.Errorf("%d got %q", i, body)
			}
		}
		if o.count() != 2 {
			t.Errorf("%d requests", o.count())
		}
	})
}

// Pages that vary, that are private, that change and that are forgotten, all at once: nobody ever gets another's.
func TestNobodyEverGetsAnothersPage(t *testing.T) {
	inBubble(t, sharedcache.Options{Entries: 20, MaxBody: 100}, func(t *testing.T, o *origin, cache *sharedcache.Cache) {
		kinds := [][]string{
			{"Cache-Control: public, max-age=2", "Vary: User"}, {"Cache-Control: max-age=2", "Vary: Origin, User", `ETag: "1"`}, {"Cache-Control: private, max-age=60"},
			{"Cache-Control: max-age=60", "Set-Cookie: a"}, {"Cache-Control: no-store"}, {"Cache-Control: no-cache", `ETag: "2"`, "Vary: User"}, {"Cache-Control: max-age=60", "Vary: *"},
		}
		o.answer = func(req *http.Request) (*http.Response, error) {
			time.Sleep(time.Duration(rand.IntN(100)) * time.Millisecond)
			return answering(200, req.Header.Get("User"), kinds[rand.IntN(len(kinds))]...)(req)
		}
		var all sync.WaitGroup
		for user := range 16 {
			all.Go(func() {
				for range 100 {
					method, url := "GET", page+strconv.Itoa(rand.IntN(3))
					if rand.IntN(20) == 0 {
						method = "POST"
					}
					who := strconv.Itoa(user % 4)
					if a := send(t, cache, request(t, method, url, "User: "+who)); a.body != who {
						t.Errorf("%s got the page of %s", who, a.body)
					}
					time.Sleep(time.Duration(rand.IntN(100)) * time.Millisecond)
				}
			})
		}
		all.Wait()
		if c := cache.Counts(); c.Hits < 20 || c.Coalesced == 0 {
			t.Errorf("%+v: too little was shared to tell", c)
		}
	})
}

func TestARequestWithAuthorizationDoesNotTakeWhatIsNotForIt(t *testing.T) {
	inBubble(t, sharedcache.Options{}, func(t *testing.T, o *origin, cache *sharedcache.Cache) {
		o.answer = slowly(func(req *http.Request) (*http.Response, error) {
			return answering(200, req.Header.Get("Authorization"), "Cache-Control: max-age=60")(req)
		})
		go get(t, cache)
		synctest.Wait()
		if bodies := atOnce(t, cache, many(t, 3, "Authorization: x")...); bodies[0] != "x" || bodies[2] != "x" {
			t.Errorf("got %q", bodies)
		}
	})
}
