package attempt

import (
	"net/http"
	"time"

	"ms2.internal/lb/sdk/internal/cache"
)

// What the tests look at from outside.
var (
	RetryAfter = retryAfter
	Load       = load
	ETag       = etag
	Bare       = bare
)

// Longest is the longest period believed.
const Longest = longest

// CacheControl is what the directives are where their quotes are believed.
func CacheControl(h http.Header) map[string]string { return cacheControl(h, splitUnquoted) }

// Freshness is what the headers of an answer allow.
func Freshness(h http.Header) *cache.Entry {
	e := &cache.Entry{Asked: time.Now()}
	freshness(h, e)
	return e
}

// Believe is what the single door makes of the body of a 200.
func Believe(body []byte, at Pointer, sid string) (kind string, err error) {
	s := &Sender{options: Options{SIDAt: at}}
	return s.believe(&answer{status: http.StatusOK, body: body}, sid)
}
