package sharedcache_test

import (
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/examples/gateway/sharedcache"
)

// lines are header fields.
type lines = []string

// What RFC 9111 has a shared cache do with an answer, section by section: request, answer, some time, and whether another request is
// answered from the cache.
func TestAnswersAreUsedAgainAsRFC9111Allows(t *testing.T) {
	const s, fresh = time.Second, "Cache-Control: max-age=60"
	for _, c := range []struct {
		section, name string
		first         lines
		status        int
		answer        lines
		after         time.Duration
		again         lines
		reused        bool
	}{
		{"3", "200 with a lifetime", nil, 200, lines{fresh}, 59 * s, nil, true},
		{"3", "404 that is public", nil, 404, lines{"Cache-Control: public, max-age=60"}, 0, nil, true},
		{"3", "404 that is not said to be public", nil, 404, lines{fresh}, 0, nil, false},
		{"3", "206", nil, 206, lines{fresh, "Content-Range: bytes 0-1/9"}, 0, nil, false},
		{"3", "500", nil, 500, lines{fresh}, 0, nil, false},
		{"3", "301", nil, 301, lines{fresh, "Location: /other"}, 0, nil, false},
		{"3", "203", nil, 203, lines{fresh}, 0, nil, false},
		{"3", "200 to a request for a part", lines{"Range: bytes=0-1"}, 200, lines{fresh}, 0, nil, false},
		{"3.3", "200 with a Content-Range", nil, 200, lines{fresh, "Content-Range: bytes 0-1/9"}, 0, nil, false},
		{"3.4", "a request for a part of what is kept", nil, 200, lines{fresh}, 0, lines{"Range: bytes=0-1"}, false},
		{"7.3", "Set-Cookie", nil, 200, lines{fresh, "Set-Cookie: a=b"}, 0, nil, false},

		{"3.5", "Authorization", lines{"Authorization: x"}, 200, lines{fresh}, 0, lines{"Authorization: x"}, false},
		{"3.5", "Authorization, for others", lines{"Authorization: x"}, 200, lines{fresh}, 0, nil, false},
		{"3.5", "Authorization and public", lines{"Authorization: x"}, 200, lines{"Cache-Control: public, max-age=60"}, 0, nil, true},
		{"3.5", "Authorization and s-maxage", lines{"Authorization: x"}, 200, lines{"Cache-Control: s-maxage=60"}, 0, nil, true},
		{"3.5", "Authorization and must-revalidate", lines{"Authorization: x"}, 200, lines{fresh + ", must-revalidate"}, 0, nil, true},
		{"3.5", "Authorization and a malformed s-maxage", lines{"Authorization: x"}, 200, lines{fresh + ", s-maxage=x"}, 0, nil, false},
		{"3.5", "Authorization of another", nil, 200, lines{fresh}, 0, lines{"Authorization: x"}, false},
		{"3.5", "Authorization of another and public", nil, 200, lines{"Cache-Control: public, max-age=60"}, 0, lines{"Authorization: x"}, true},

		{"4.1", "Vary, the same", lines{"Demo-User: ada"}, 200, lines{fresh, "Vary: Demo-User"}, 0, lines{"Demo-User: ada"}, true},
		{"4.1", "Vary, another", lines{"Demo-User: ada"}, 200, lines{fresh, "Vary: Demo-User"}, 0, lines{"Demo-User: ben"}, false},
		{"4.1", "Vary, none", lines{"Demo-User: ada"}, 200, lines{fresh, "Vary: Demo-User"}, 0, nil, false},
		{"4.1", "Vary, an empty one", nil, 200, lines{fresh, "Vary: Demo-User"}, 0, lines{"Demo-User: "}, false},
		{"4.1", "Vary in another case and line", lines{"A: 1"}, 200, lines{fresh, "Vary: Origin", "Vary: demo-USER, a"}, 0, lines{"A: 2"}, false},
		{"4.1", "Vary, spaces around the value", lines{"A: 1"}, 200, lines{fresh, "Vary: A"}, 0, lines{"A:  1 "}, true},
		{"4.1", "Vary, two fields for one", lines{"A: 1", "A: 2"}, 200, lines{fresh, "Vary: A"}, 0, lines{"A: 1"}, false},
		{"4.1", "Vary, a value moved to the next field", lines{"A: 1", "B: 2"}, 200, lines{fresh, "Vary: A, B"}, 0, lines{"B: 1", "B: 2"}, false},
		{"4.1", "Vary on another field", lines{"A: 1"}, 200, lines{fresh, "Vary: Origin"}, 0, lines{"A: 2"}, true},
		{"4.1", "Vary: *", nil, 200, lines{fresh, "Vary: Origin, *"}, 0, nil, false},

		{"4.2", "no longer fresh", nil, 200, lines{fresh}, 60 * s, nil, false},
		{"4.2.1", "s-maxage is longer", nil, 200, lines{"Cache-Control: max-age=1, s-maxage=60"}, 59 * s, nil, true},
		{"4.2.1", "s-maxage is shorter", nil, 200, lines{"Cache-Control: s-maxage=1, max-age=60"}, s, nil, false},
		{"4.2.1", "s-maxage=0", nil, 200, lines{"Cache-Control: s-maxage=0, max-age=60"}, 0, nil, false},
		{"4.2.1", "an age twice: the least", nil, 200, lines{"Cache-Control: max-age=60", "Cache-Control: max-age=1"}, s, nil, false},
		{"4.2.1", "Expires", nil, 200, lines{"Date: Sat, 01 Jan 2000 00:00:00 GMT", "Expires: Sat, 01 Jan 2000 00:01:00 GMT"}, 59 * s, nil, true},
		{"4.2.1", "Expires, over", nil, 200, lines{"Date: Sat, 01 Jan 2000 00:00:00 GMT", "Expires: Sat, 01 Jan 2000 00:01:00 GMT"}, 60 * s, nil, false},
		{"4.2.1", "Expires by another's clock", nil, 200, lines{"Date: Fri, 01 Jan 2100 00:00:00 GMT", "Expires: Fri, 01 Jan 2100 00:01:00 GMT"}, 60 * s, nil, false},
		{"4.2.1", "max-age goes before Expires", nil, 200, lines{"Cache-Control: max-age=1", "Expires: Fri, 01 Jan 2100 00:00:00 GMT"}, s, nil, false},
		{"4.2.2", "nothing said", nil, 200, nil, 0, nil, false},
		{"4.2.2", "Last-Modified alone", nil, 200, lines{"Last-Modified: Sat, 01 Jan 2000 00:00:00 GMT"}, 0, nil, false},
		{"4.2.2", "public alone", nil, 200, lines{"Cache-Control: public"}, 0, nil, false},
		{"4.2.3", "it came with an age", nil, 200, lines{fresh, "Age: 50"}, 9 * s, nil, true},
		{"4.2.3", "it came with an age, over", nil, 200, lines{fresh, "Age: 50"}, 10 * s, nil, false},
		{"5.1", "the first of several ages", nil, 200, lines{fresh, "Age: 0", "Age: 59"}, 2 * s, nil, true},
		{"5.1", "an age that is none", nil, 200, lines{fresh, "Age: -5"}, 59 * s, nil, true},
		{"5.1", "an age of too many digits", nil, 200, lines{fresh, "Age: 99999999999999999999"}, 0, nil, false},
		{"5.3", "Expires: 0", nil, 200, lines{"Expires: 0"}, 0, nil, false},
		{"5.3", "Expires twice", nil, 200, lines{"Expires: Fri, 01 Jan 2100 00:00:00 GMT", "Expires: Fri, 01 Jan 2100 00:00:00 GMT"}, 0, nil, false},

		{"5.2.1.1", "max-age of the request, young enough", nil, 200, lines{fresh}, 5 * s, lines{"Cache-Control: max-age=5"}, true},
		{"5.2.1.1", "max-age of the request, too old", nil, 200, lines{fresh}, 6 * s, lines{"Cache-Control: max-age=5"}, false},
		{"5.2.1.2", "max-stale prolongs nothing", nil, 200, lines{fresh}, 61 * s, lines{"Cache-Control: max-stale=60"}, false},
		{"5.2.1.3", "min-fresh, enough", nil, 200, lines{fresh}, 5 * s, lines{"Cache-Control: min-fresh=55"}, true},
		{"5.2.1.3", "min-fresh, too little", nil, 200, lines{fresh}, 6 * s, lines{"Cache-Control: min-fresh=55"}, false},
		{"5.2.1.4", "no-cache", nil, 200, lines{fresh}, 0, lines{"Cache-Control: no-cache"}, false},
		{"5.2.1.5", "no-store", lines{"Cache-Control: no-store"}, 200, lines{fresh}, 0, nil, false},
		{"5.4", "Pragma", nil, 200, lines{fresh}, 0, lines{"Pragma: no-cache"}, false},
		{"5.4", "Pragma beside Cache-Control", nil, 200, lines{fresh}, 0, lines{"Pragma: no-cache", "Cache-Control: max-age=60"}, true},
		{"5.2", "a request that does not parse", nil, 200, lines{fresh}, 0, lines{"Cache-Control: max-age=soon"}, false},

		{"5.2.2.2", "must-revalidate", nil, 200, lines{fresh + ", must-revalidate"}, 59 * s, nil, true},
		{"5.2.2.3", "must-understand does not lift no-store", nil, 200, lines{fresh + ", no-store, must-understand"}, 0, nil, false},
		{"5.2.2.4", "no-cache", nil, 200, lines{fresh + ", no-cache"}, 0, nil, false},
		{"5.2.2.4", "no-cache for a field", nil, 200, lines{fresh + `, no-cache="a, b"`}, 0, nil, false},
		{"5.2.2.5", "no-store", nil, 200, lines{fresh + ", no-store"}, 0, nil, false},
		{"5.2.2.5", "no-store in another case and line", nil, 200, lines{fresh, "Cache-Control: No-Store"}, 0, nil, false},
		{"5.2.2.7", "private", nil, 200, lines{fresh + ", private"}, 0, nil, false},
		{"5.2.2.7", "private for a field", nil, 200, lines{fresh + `, private="x"`}, 0, nil, false},
		{"5.2.2.7", "private and public", nil, 200, lines{fresh + ", public, private"}, 0, nil, false},
		{"5.2.2.10", "a quoted age", nil, 200, lines{`Cache-Control: s-maxage="60"`}, 59 * s, nil, true},
		{"5.2.3", "what nobody knows", nil, 200, lines{fresh + `, x, y="a, no-store"`}, 0, nil, true},

		{"4.2.1", "an age that is no number", nil, 200, lines{"Cache-Control: max-age=x, s-maxage=60"}, 0, nil, false},
		{"4.2.1", "a negative age", nil, 200, lines{"Cache-Control: max-age=-1, s-maxage=60"}, 0, nil, false},
		{"4.2.1", "an age without a number", nil, 200, lines{"Cache-Control: max-age, s-maxage=60"}, 0, nil, false},
		{"5.2", "a quote that does not end", nil, 200, lines{fresh + `, x="a`}, 0, nil, false},
		{"5.2", "a quote out of place", nil, 200, lines{fresh + `, a"b`}, 0, nil, false},
		{"5.2", "empty members", nil, 200, lines{"Cache-Control: , ,max-age=60,,"}, 0, nil, true},
		{"5.2", "a semicolon", nil, 200, lines{fresh + "; no-store"}, 0, nil, false},
		{"5.2", "more than is read", nil, 200, lines{fresh + strings.Repeat(",a", 600)}, 0, nil, false},
		{"5.2", "a request with more than is read", lines{"Cache-Control: no-store" + strings.Repeat(",a", 600)}, 200, lines{fresh}, 0, nil, false},
		{"1.2.2", "an age of too many digits", nil, 200, lines{"Cache-Control: max-age=99999999999999999999"}, 365 * 24 * time.Hour, nil, true},
	} {
		t.Run(c.section+" "+c.name, func(t *testing.T) {
			inBubble(t, sharedcache.Options{}, func(t *testing.T, o *origin, cache *sharedcache.Cache) {
				o.answer = answering(c.status, "whole", c.answer...)
				if a := get(t, cache, c.first...); a.status != c.status || a.body != "whole" {
					t.Errorf("the first answer was %+v", a)
				}
				time.Sleep(c.after)
				if a := get(t, cache, c.again...); a.status != c.status || a.body != "whole" {
					t.Errorf("the second answer was %+v", a)
				}
				if reused := o.count() == 1; reused != c.reused {
					t.Errorf("reused: %t", reused)
				}
			})
		})
	}
}
