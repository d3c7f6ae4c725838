package sharedcache_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"ms2.internal/lb/examples/gateway/sharedcache"
)

// RFC 9111, 4.3.1, 4.3.4 and 3.2.
func TestAStalePageIsValidated(t *testing.T) {
	for _, c := range []struct {
		name    string
		kept    lines
		now     func(*http.Request) (*http.Response, error)
		asks    http.Header
		want    string
		twice   bool // it is asked for whole then
		keeps   bool // and the answer is kept
		freshly string
	}{
		{"by its ETag", lines{`ETag: W/"1"`}, answering(304, "", `ETag: "1"`, "Cache-Control: max-age=60", "X: new"),
			http.Header{"If-None-Match": {`W/"1"`}}, "old", false, true, "new"},
		{"by its date", lines{"Last-Modified: Sat, 01 Jan 2000 00:00:00 GMT"}, answering(304, "", "Cache-Control: max-age=60"),
			http.Header{"If-Modified-Since": {"Sat, 01 Jan 2000 00:00:00 GMT"}}, "old", false, true, "old"},
		{"which has changed", lines{`ETag: "1"`}, answering(200, "new", `ETag: "2"`, "Cache-Control: max-age=60", "X: new"),
			http.Header{"If-None-Match": {`"1"`}}, "new", false, true, "new"},
		{"which may not be kept any more", lines{`ETag: "1"`}, answering(304, "", "Cache-Control: private"),
			http.Header{"If-None-Match": {`"1"`}}, "old", false, false, "old"},
		{"a 304 cannot change what the body is", lines{`ETag: "1"`, "Content-Type: text/plain"},
			answering(304, "", "Content-Type: text/html", "Content-Length: 0", "Connection: X", "X: hop", "Cache-Control: max-age=60"),
			http.Header{"If-None-Match": {`"1"`}}, "old", false, true, "old"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBubble(t, sharedcache.Options{}, func(t *testing.T, o *origin, cache *sharedcache.Cache) {
				o.answer = answering(200, "old", append(c.kept, "Cache-Control: max-age=15", "Age: 5", "X: old")...)
				get(t, cache)
				time.Sleep(10 * time.Second)
				o.answer = c.now
				a := get(t, cache)
				if a.status != 200 || a.body != c.want || a.header.Get("X") != c.freshly || a.header.Get("Content-Type") == "text/html" {
					t.Errorf("got %+v", a)
				}
				asked := o.asked[1]
				if len(asked) != 1 || asked.Get("If-None-Match") != c.asks.Get("If-None-Match") || asked.Get("If-Modified-Since") != c.asks.Get("If-Modified-Since") {
					t.Errorf("asked with %v", asked)
				}
				time.Sleep(59 * time.Second)
				o.answer = answering(200, "later")
				if a := get(t, cache); (a.body == c.want) != c.keeps {
					t.Errorf("later: %+v", a)
				}
			})
		})
	}
}

func TestA304OfAnotherPageIsNotTaken(t *testing.T) {
	inBubble(t, sharedcache.Options{}, func(t *testing.T, o *origin, cache *sharedcache.Cache) {
		o.answer = answering(200, "old", "Cache-Control: no-cache", `ETag: "1"`)
		get(t, cache)
		o.answer = func(req *http.Request) (*http.Response, error) {
			if req.Header.Get("If-None-Match") != "" {
				return answering(304, "", `ETag: "2"`)(req)
			}
			return answering(200, "new")(req)
		}
		if a := get(t, cache); a.body != "new" || o.count() != 3 {
			t.Errorf("got %+v after %d requests", a, o.count())
		}
	})
}

// RFC 9111, 4.3.2: who has the page already is told so by the cache.
func TestConditionsOfTheBrowserAreJudgedByWhatIsKept(t *testing.T) {
	const date, later, earlier = "Sat, 01 Jan 2000 00:00:00 GMT", "Sat, 01 Jan 2000 00:00:01 GMT", "Fri, 31 Dec 1999 23:59:59 GMT"
	for _, c := range []struct {
		name   string
		fields lines
		status int
	}{
		{"its ETag", lines{`If-None-Match: "a,b"`}, 304},
		{"its ETag, weak", lines{`If-None-Match: W/"a,b"`}, 304},
		{"its ETag among others", lines{`If-None-Match: "x", W/"y"`, `If-None-Match: "a,b"`}, 304},
		{"any", lines{"If-None-Match: *"}, 304},
		{"another ETag", lines{`If-None-Match: "a"`}, 200},
		{"no ETag at all", lines{"If-None-Match: a,b"}, 200},
		{"an ETag that does not end", lines{`If-None-Match: "a,b`}, 200},
		{"its date", lines{"If-Modified-Since: " + date}, 304},
		{"a later date", lines{"If-Modified-Since: " + later}, 304},
		{"an earlier date", lines{"If-Modified-Since: " + earlier}, 200},
		{"no date", lines{"If-Modified-Since: yesterday"}, 200},
		{"another ETag, which goes before its date", lines{`If-None-Match: "x"`, "If-Modified-Since: " + date}, 200},
	} {
		for _, first := range []bool{true, false} {
			inBubble(t, sharedcache.Options{}, func(t *testing.T, o *origin, cache *sharedcache.Cache) {
				o.answer = answering(200, "whole", `ETag: "a,b"`, "Last-Modified: "+date, "Cache-Control: max-age=60", "Content-Type: text/plain", "Vary: Origin")
				if !first {
					get(t, cache)
				}
				a := get(t, cache, c.fields...)
				if a.status != c.status || o.count() != 1 || len(o.asked[0]) != 0 {
					t.Errorf("%s, asked for first: %t: got %d after %d requests with %v", c.name, first, a.status, o.count(), o.asked[0])
				}
				if a.status == 304 && (a.body != "" || a.header.Get("ETag") == "" || a.header.Get("Vary") == "" || a.header.Get("Content-Type") != "") {
					t.Errorf("%s: the 304 has %v and the body %q", c.name, a.header, a.body)
				}
			})
		}
	}
}

// RFC 5861, 4.
func TestAStalePageStandsInForAnErrorWhereItMay(t *testing.T) {
	down := func(*http.Request) (*http.Response, error) { return nil, errDown }
	for _, c := range []struct {
		name, control string
		after         time.Duration
		now           func(*http.Request) (*http.Response, error)
		body          string
	}{
		{"no answer", "max-age=10, stale-if-error=10", 19 * time.Second, down, "old"},
		{"500", "max-age=10, stale-if-error=10", 19 * time.Second, answering(503, "bad"), "old"},
		{"too long ago", "max-age=10, stale-if-error=10", 20 * time.Second, answering(500, "bad"), "bad"},
		{"404", "max-age=10, stale-if-error=10", 11 * time.Second, answering(404, "bad"), "bad"},
		{"nothing said", "max-age=10", 11 * time.Second, answering(500, "bad"), "bad"},
		{"must-revalidate", "max-age=10, stale-if-error=10, must-revalidate", 11 * time.Second, answering(500, "bad"), "bad"},
		{"proxy-revalidate", "max-age=10, stale-if-error=10, proxy-revalidate", 11 * time.Second, answering(500, "bad"), "bad"},
		{"s-maxage", "s-maxage=10, stale-if-error=10", 11 * time.Second, answering(500, "bad"), "bad"},
		{"no-cache", "max-age=10, stale-if-error=10, no-cache", 1 * time.Second, answering(500, "bad"), "bad"},
	} {
		inBubble(t, sharedcache.Options{}, func(t *testing.T, o *origin, cache *sharedcache.Cache) {
			o.answer = answering(200, "old", "Cache-Control: "+c.control, `ETag: "1"`)
			get(t, cache)
			time.Sleep(c.after)
			o.answer = c.now
			a := get(t, cache)
			if a.body != c.body {
				t.Errorf("%s: got %+v", c.name, a)
			}
			if age := strconv.Itoa(int(c.after / time.Second)); a.body == "old" && a.header.Get("Age") != age {
				t.Errorf("%s: its age is %q, want %s: a browser would take it for fresh", c.name, a.header.Get("Age"), age)
			}
		})
	}
}

// Others must not see for longer what the origin was just heard to have taken back.
func TestAPageThatIsNoLongerForAllIsForgotten(t *testing.T) {
	for name, now := range map[string]func(*http.Request) (*http.Response, error){
		"private":        answering(200, "own", "Cache-Control: private"),
		"gone":           answering(404, "gone"),
		"304 and secret": answering(304, "", "Cache-Control: no-store"),
	} {
		inBubble(t, sharedcache.Options{}, func(t *testing.T, o *origin, cache *sharedcache.Cache) {
			o.answer = answering(200, "old", "Cache-Control: max-age=60, stale-if-error=60", `ETag: "1"`, "Vary: A")
			get(t, cache, "A: 1")
			get(t, cache, "A: 2")
			o.answer = now
			get(t, cache, "A: 1", "Cache-Control: no-cache")
			o.answer = answering(503, "down")
			if a := get(t, cache, "A: 1"); a.body != "down" {
				t.Errorf("%s: got %+v", name, a)
			}
			if a := get(t, cache, "A: 2"); a.body != "old" {
				t.Errorf("%s: another variant is lost", name)
			}
		})
	}
}
