package sharedcache

import (
	"net/http"
	"time"
)

// wish is what a request asks of the cache (RFC 9111, 5.2.1).
type wish struct {
	noCache, noStore, onlyIfCached bool
	maxAge, minFresh               time.Duration
}

// anyFresh is the wish of who wants nothing but a fresh answer.
var anyFresh = wish{maxAge: longest}

// wishOf reads the wishes of a request. One that can't be read may say no-store.
func wishOf(h http.Header) wish {
	c, ok := parseControl(h)
	if !ok {
		return wish{noStore: true}
	}
	w := wish{
		noCache: c.has["no-cache"], noStore: c.has["no-store"], onlyIfCached: c.has["only-if-cached"],
		maxAge: longest, minFresh: c.ages["min-fresh"],
	}
	if age, ok := c.ages["max-age"]; ok {
		w.maxAge = age
	}
	if len(c.has) == 0 && h.Get("Pragma") == "no-cache" { // 5.4
		w.noCache = true
	}
	return w
}

// choosy reports whether the request asks for more than a fresh answer. Another's answer, under way already, may be too old for it.
func (w wish) choosy() bool { return w.noCache || w.maxAge < longest || w.minFresh > 0 }

// passing names the fields of requests that are for the origin alone: parts of a page, and conditions that a cache does not judge.
var passing = []string{"Range", "If-Range", "If-Match", "If-Unmodified-Since"}

// passes reports whether a request goes past the cache.
func passes(req *http.Request, w wish) bool {
	for _, name := range passing {
		if len(req.Header.Values(name)) > 0 {
			return true
		}
	}
	return w.noStore || (req.Body != nil && req.Body != http.NoBody)
}
