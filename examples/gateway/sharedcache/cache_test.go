package sharedcache_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/examples/gateway/sharedcache"
)

// RFC 9111, 4.2.3 and 5.1.
func TestTheAgeIsSentOn(t *testing.T) {
	inBubble(t, sharedcache.Options{}, func(t *testing.T, o *origin, cache *sharedcache.Cache) {
		o.answer = func(req *http.Request) (*http.Response, error) {
			time.Sleep(2 * time.Second) // the time on the way counts
			return answering(200, "whole", "Cache-Control: max-age=60", "Age: 3")(req)
		}
		if a := get(t, cache); a.header.Get("Age") != "3" {
			t.Errorf("the first has the age %q", a.header.Get("Age"))
		}
		time.Sleep(5 * time.Second)
		if a := get(t, cache); a.header.Get("Age") != "10" || a.header.Get("Cache-Control") != "max-age=60" {
			t.Errorf("got %v", a.header)
		}
	})
}

// RFC 9111, 3.1.
func TestFieldsOfOneHopAreNotKept(t *testing.T) {
	inBubble(t, sharedcache.Options{}, func(t *testing.T, o *origin, cache *sharedcache.Cache) {
		o.answer = answering(200, "", "Cache-Control: max-age=60", "Connection: x-secret, close", "X-Secret: 1", "Keep-Alive: 5", "Proxy-Authenticate: x",
			"Proxy-Authentication-Info: x", "Upgrade: h2c", "Trailer: x", "Transfer-Encoding: chunked", "Te: trailers", "X-Kept: 1")
		get(t, cache)
		a := get(t, cache)
		a.header.Del("Date")
		if len(a.header) != 3 || a.header.Get("X-Kept") != "1" || a.header.Get("Age") != "0" {
			t.Errorf("got %v", a.header)
		}
	})
}

// RFC 9110, 9.3.2.
func TestHEADIsAnsweredFromAKeptGET(t *testing.T) {
	inBubble(t, sharedcache.Options{}, func(t *testing.T, o *origin, cache *sharedcache.Cache) {
		head := func() got { return send(t, cache, request(t, http.MethodHead, page)) }
		o.answer = answering(200, "", "Cache-Control: max-age=60")
		head()
		o.answer = answering(200, "whole", "Cache-Control: max-age=60")
		if a := get(t, cache); a.body != "whole" || o.count() != 2 {
			t.Errorf("an answer to HEAD was kept for GET: %+v", a)
		}
		if a := head(); a.body != "" || a.status != 200 || o.count() != 2 {
			t.Errorf("got %+v after %d requests", a, o.count())
		}
	})
}

// RFC 9111, 5.2.1.7.
func TestWhoWantsThePageFromTheCacheAloneDoesNotAskTheOrigin(t *testing.T) {
	inBubble(t, sharedcache.Options{}, func(t *testing.T, o *origin, cache *sharedcache.Cache) {
		if a := get(t, cache, "Cache-Control: only-if-cached"); a.status != 504 || o.count() != 0 {
			t.Errorf("got %+v", a)
		}
		get(t, cache)
		if a := get(t, cache, "Cache-Control: only-if-cached"); a.status != 200 || o.count() != 1 {
			t.Errorf("got %+v", a)
		}
	})
}

func TestManyVariantsOfOnePageAreKept(t *testing.T) {
	inBubble(t, sharedcache.Options{}, func(t *testing.T, o *origin, cache *sharedcache.Cache) {
		o.answer = func(req *http.Request) (*http.Response, error) {
			return answering(200, req.Header.Get("A"), "Cache-Control: max-age=60", "Vary: A")(req)
		}
		for range 2 {
			for i := range 100 {
				if a := get(t, cache, "A: "+strconv.Itoa(i)); a.body != strconv.Itoa(i) {
					t.Fatalf("%d got the page of %s", i, a.body)
				}
			}
		}
		if o.count() != 100 {
			t.Errorf("%d requests", o.count())
		}
	})
}

func TestAPageMayComeToDependOnAnotherField(t *testing.T) {
	inBubble(t, sharedcache.Options{}, func(t *testing.T, o *origin, cache *sharedcache.Cache) {
		o.answer = answering(200, "", "Cache-Control: max-age=1")
		get(t, cache)
		time.Sleep(time.Second)
		o.answer = answering(200, "", "Cache-Control: max-age=60", "Vary: A")
		for range 2 {
			get(t, cache, "A: 1")
			get(t, cache, "A: 2")
		}
		if o.count() != 3 {
			t.Errorf("%d requests", o.count())
		}
	})
}

func TestARequestWithABodyOrAConditionForTheOriginPassesTheCache(t *testing.T) {
	inBubble(t, sharedcache.Options{}, func(t *testing.T, o *origin, cache *sharedcache.Cache) {
		get(t, cache)
		withBody := request(t, http.MethodGet, page)
		withBody.Body = io.NopCloser(strings.NewReader("x"))
		send(t, cache, withBody)
		for _, field := range []string{"If-Match: x", "If-Unmodified-Since: x", "If-Range: x"} {
			get(t, cache, field)
		}
		if o.count() != 5 {
			t.Errorf("%d requests", o.count())
		}
	})
}

func TestWhatCannotWorkIsRefused(t *testing.T) {
	for _, o := range []sharedcache.Options{{Entries: -1}, {Bytes: -1}, {MaxBody: -1}, {Patience: -1}} {
		if _, err := sharedcache.New(http.DefaultTransport, o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
	if _, err := sharedcache.New(nil, sharedcache.Options{}); err == nil {
		t.Error("nothing to send requests to is taken")
	}
}

func TestErrorsAreHandedOn(t *testing.T) {
	inBubble(t, sharedcache.Options{}, func(t *testing.T, o *origin, cache *sharedcache.Cache) {
		o.answer = func(*http.Request) (*http.Response, error) { return nil, errDown }
		for _, method := range []string{"GET", "HEAD", "POST"} {
			if _, err := cache.RoundTrip(request(t, method, page)); !errors.Is(err, errDown) { //nolint:bodyclose // there is none
				t.Errorf("%s: got %v", method, err)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := cache.RoundTrip(request(t, "GET", page).WithContext(ctx)); err == nil { //nolint:bodyclose // there is none
			t.Error("no error for who has left")
		}
		synctest.Wait()
	})
}
