package sharedcache_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/examples/gateway/sharedcache"
)

// RFC 9111, 4.4.
func TestAChangeMakesTheCacheForgetThePage(t *testing.T) {
	for _, c := range []struct {
		method, url string
		status      int
		location    string
		forgets     bool
	}{
		{"POST", page, 204, "", true},
		{"PUT", page, 301, "", true},
		{"UNKNOWN", page, 200, "", true},
		{"POST", page, 400, "", false},
		{"POST", page, 500, "", false},
		{"OPTIONS", page, 200, "", false},
		{"TRACE", page, 200, "", false},
		{"POST", "http://ms2/another", 204, "", false},
		{"POST", "http://ms2/another", 201, "/page", true},
		{"POST", "http://ms2/another", 201, "http://ms3/page", false},
	} {
		inBubble(t, sharedcache.Options{}, func(t *testing.T, o *origin, cache *sharedcache.Cache) {
			o.answer = answering(200, "", "Cache-Control: max-age=60", "Vary: A")
			get(t, cache, "A: 1")
			o.answer = answering(c.status, "", "Location: "+c.location, "Cache-Control: max-age=60")
			send(t, cache, request(t, c.method, c.url))
			o.answer = answering(200, "", "Cache-Control: max-age=60", "Vary: A")
			get(t, cache, "A: 2")
			get(t, cache, "A: 1") // found no more, though the page depends on the same field again
			if forgets := o.count() == 4; forgets != c.forgets {
				t.Errorf("%s %s %d %s: forgets: %t", c.method, c.url, c.status, c.location, forgets)
			}
		})
	}
}

func TestAnAnswerFromBeforeAChangeIsNotKept(t *testing.T) {
	inBubble(t, sharedcache.Options{}, func(t *testing.T, o *origin, cache *sharedcache.Cache) {
		o.answer = func(req *http.Request) (*http.Response, error) {
			if req.Method == http.MethodGet {
				time.Sleep(time.Second)
			}
			return answering(200, "", "Cache-Control: max-age=60")(req)
		}
		go get(t, cache)
		synctest.Wait()
		send(t, cache, request(t, http.MethodPost, page))
		time.Sleep(2 * time.Second)
		get(t, cache)
		if o.count() != 3 {
			t.Errorf("%d requests", o.count())
		}
	})
}
