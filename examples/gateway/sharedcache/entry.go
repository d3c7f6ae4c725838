package sharedcache

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"time"
)

// entry is an answer that is kept. It is not changed once others see it.
type entry struct {
	status int
	header http.Header // without the fields of one hop
	body   []byte

	vary    []string // names of the request's fields that it depends on
	variant string   // what they said
	open    bool     // it may answer requests with Authorization (RFC 9111, 3.5)

	sent         time.Time     // when it was asked for: its age counts from then (4.2.3)
	born         time.Duration // the age that it came with
	life         time.Duration // for how long it is fresh; 0 for one that is validated each time
	staleIfError time.Duration // for how long beyond that it may stand in for an error
	attested     bool          // it carries attestations
	end          time.Time     // when the first of these ends

	url  string // where it is kept: the store's own
	page *page
}

// age is how old it is now (4.2.3). A machine that slept counts by the wall clock, a wall clock that was set back by the other one. It may
// have been asked for since now was read.
func (e *entry) age(now time.Time) time.Duration {
	return e.born + max(0, now.Sub(e.sent), now.Round(0).Sub(e.sent.Round(0)))
}

// ended reports whether an attestation in it counts no more.
func (e *entry) ended(now time.Time) bool { return e.attested && !now.Before(e.end) }

// fits reports whether it is an answer to this request, however old.
func (e *entry) fits(req *http.Request) bool {
	return e.variant == variantOf(req.Header, e.vary) && (e.open || len(req.Header.Values("Authorization")) == 0)
}

// satisfies reports whether it is as fresh as it must be and as the request wants it (4.2 and 5.2.1).
func (e *entry) satisfies(w wish, now time.Time) bool {
	age := e.age(now)
	return !w.noCache && !e.ended(now) && age < e.life && age <= w.maxAge && e.life-age >= w.minFresh
}

// standsIn reports whether it may be given out in place of an error (RFC 5861, 4).
func (e *entry) standsIn(now time.Time) bool {
	return !e.ended(now) && e.age(now) < e.life+e.staleIfError && e.staleIfError > 0
}

// answer is the response to a request that it fits. An age is told unless the origin was asked for this very request (5.1).
func (e *entry) answer(req *http.Request, now time.Time, asked bool) *http.Response {
	h := e.header.Clone()
	if !asked {
		h.Set("Age", strconv.FormatInt(int64(e.age(now)/time.Second), 10))
	}
	if e.unmodified(req) {
		return response(req, http.StatusNotModified, onlyValidators(h), nil)
	}
	return response(req, e.status, h, e.body)
}

func response(req *http.Request, status int, h http.Header, body []byte) *http.Response {
	r := &http.Response{
		Status: strconv.Itoa(status) + " " + http.StatusText(status), StatusCode: status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: h, Body: http.NoBody, ContentLength: int64(len(body)), Request: req,
	}
	if len(body) > 0 && req.Method != http.MethodHead {
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	return r
}

// size is roughly how many bytes of memory it takes. What it depends on is part of its key, too.
func (e *entry) size() int64 {
	size := int64(1<<10 + len(e.body) + len(e.url) + 2*len(e.variant))
	for name, values := range e.header {
		for _, value := range values {
			size += int64(len(name) + len(value))
		}
	}
	return size
}
