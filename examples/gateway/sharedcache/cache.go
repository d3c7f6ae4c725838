package sharedcache

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"
)

// Options bound a [Cache]. A zero field means its default.
type Options struct {
	// Entries is how many answers are kept at most. 0: 10,000.
	Entries int

	// Bytes is how much memory they take at most, roughly. 0: 64 MiB.
	Bytes int64

	// MaxBody is the largest body that is kept, in bytes. 0: 1 MiB.
	MaxBody int64

	// Patience is how long an answer that several wait for may take, its body included. 0: 10 s.
	Patience time.Duration
}

// Counts are what a [Cache] did since it was made.
type Counts struct {
	// Hits are requests that were answered from what is kept.
	Hits int64 `json:"hits"`

	// Misses are requests that the cache could have answered but had nothing for, or nothing fresh.
	Misses int64 `json:"misses"`

	// Coalesced are those of the misses that got the answer to another's request.
	Coalesced int64 `json:"coalesced"`

	// Forwarded are requests that were sent on, those past the cache included.
	Forwarded int64 `json:"forwarded"`
}

// Cache is an [http.RoundTripper] that answers from what it keeps, and sends on what it can't answer. Make it by [New]. Safe for
// concurrent use. It has no goroutine but those of requests under way, and needs no closing.
type Cache struct {
	next                               http.RoundTripper
	store                              *store
	flights                            singleflight.Group
	maxBody                            int64
	patience                           time.Duration
	hits, misses, coalesced, forwarded atomic.Int64
}

// New returns a cache before next, which must not be nil. The error says which option is below 0.
func New(next http.RoundTripper, o Options) (*Cache, error) {
	if next == nil {
		return nil, errors.New("sharedcache: there is nothing to send requests to: hand in an http.RoundTripper")
	}
	if o.Entries < 0 || o.Bytes < 0 || o.MaxBody < 0 || o.Patience < 0 {
		return nil, fmt.Errorf("sharedcache: %+v: set numbers above 0, or 0 for the defaults", o)
	}
	s, err := newStore(or(o.Entries, 10_000), or(o.Bytes, 64<<20))
	if err != nil {
		return nil, fmt.Errorf("sharedcache: %w", err)
	}
	return &Cache{next: next, store: s, maxBody: or(o.MaxBody, 1<<20), patience: or(o.Patience, 10*time.Second)}, nil
}

func or[T int | int64 | time.Duration](n, standard T) T {
	if n == 0 {
		return standard
	}
	return n
}

// Counts returns the counts now.
func (c *Cache) Counts() Counts {
	return Counts{Hits: c.hits.Load(), Misses: c.misses.Load(), Coalesced: c.coalesced.Load(), Forwarded: c.forwarded.Load()}
}

// RoundTrip answers a request. Its own answers have the same form as next's; a request with only-if-cached that it has nothing for gets
// a 504 (RFC 9111, 5.2.1.7). The error is next's, or the context's.
func (c *Cache) RoundTrip(req *http.Request) (*http.Response, error) {
	w := wishOf(req.Header)
	switch {
	case req.Method != http.MethodGet && req.Method != http.MethodHead:
		return c.change(req)
	case passes(req, w):
		return c.send(req)
	}
	now := time.Now()
	kept, key := c.store.find(req)
	if kept != nil && kept.satisfies(w, now) {
		c.hits.Add(1)
		return kept.answer(req, now, false), nil
	}
	c.misses.Add(1)
	switch {
	case w.onlyIfCached:
		return notCached(req), nil
	case req.Method == http.MethodHead:
		return c.send(req)
	case w.choosy():
		return c.alone(req, kept)
	}
	return c.together(req, kept, key)
}

// notCached is the answer to who wants one from the cache alone.
func notCached(req *http.Request) *http.Response {
	h := http.Header{"Content-Type": {"application/problem+json"}, "Cache-Control": {"no-store"}}
	return response(req, http.StatusGatewayTimeout, h, []byte(`{"type":"about:blank","title":"Gateway Timeout","status":504,`+
		`"detail":"only-if-cached, and nothing fresh is kept"}`))
}

// send passes a request on.
func (c *Cache) send(req *http.Request) (*http.Response, error) {
	c.forwarded.Add(1)
	return c.next.RoundTrip(req)
}

// change passes on a request that may change a page, and forgets the page when it did (4.4).
func (c *Cache) change(req *http.Request) (*http.Response, error) {
	resp, err := c.send(req)
	safe := req.Method == http.MethodOptions || req.Method == http.MethodTrace
	if err != nil || safe || resp.StatusCode >= 400 {
		return resp, err
	}
	c.store.forget(urlOf(req))
	for _, name := range []string{"Location", "Content-Location"} {
		if at, err := url.Parse(resp.Header.Get(name)); err == nil && resp.Header.Get(name) != "" {
			other := req.Clone(req.Context())
			other.URL = req.URL.ResolveReference(at)
			if other.URL.Host == req.URL.Host { // of others' pages it has no say
				c.store.forget(urlOf(other))
			}
		}
	}
	return resp, nil
}
