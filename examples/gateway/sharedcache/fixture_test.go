package sharedcache_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/examples/gateway/sharedcache"
)

// origin is what stands behind the cache. It counts what it is asked.
type origin struct {
	mu     sync.Mutex
	asked  []http.Header
	answer func(*http.Request) (*http.Response, error)
}

func (o *origin) RoundTrip(req *http.Request) (*http.Response, error) {
	o.mu.Lock()
	o.asked = append(o.asked, req.Header.Clone())
	answer := o.answer
	o.mu.Unlock()
	if req.Body != nil {
		req.Body.Close()
	}
	return answer(req)
}

func (o *origin) count() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.asked)
}

// fields makes a header of lines such as "Age: 5".
func fields(lines ...string) http.Header {
	h := http.Header{}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		h.Add(name, value)
	}
	return h
}

// answering is an answer of the origin, dated now.
func answering(status int, body string, lines ...string) func(*http.Request) (*http.Response, error) {
	return func(req *http.Request) (*http.Response, error) {
		h := fields(lines...)
		if h.Get("Date") == "" {
			h.Set("Date", time.Now().UTC().Format(http.TimeFormat))
		}
		return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: req}, nil
	}
}

func newCache(t *testing.T, o http.RoundTripper, options sharedcache.Options) *sharedcache.Cache {
	t.Helper()
	c, err := sharedcache.New(o, options)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const page = "http://ms2/page"

func request(t *testing.T, method, url string, lines ...string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = fields(lines...)
	return req
}

// got is an answer that was read to its end.
type got struct {
	status int
	header http.Header
	body   string
}

func send(t *testing.T, c *sharedcache.Cache, req *http.Request) got {
	t.Helper()
	resp, err := c.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got{resp.StatusCode, resp.Header, string(body)}
}

func get(t *testing.T, c *sharedcache.Cache, lines ...string) got {
	t.Helper()
	return send(t, c, request(t, http.MethodGet, page, lines...))
}

// inBubble runs a test on a clock of its own.
func inBubble(t *testing.T, o sharedcache.Options, test func(*testing.T, *origin, *sharedcache.Cache)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		from := &origin{answer: answering(200, "whole", "Cache-Control: max-age=60")}
		test(t, from, newCache(t, from, o))
	})
}

var errDown = errors.New("down")
