package sharedcache_test

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"ms2.internal/lb/examples/gateway/sharedcache"
)

func TestBodiesThatAreTooLargeOrCutOffAreHandedOnAndNotKept(t *testing.T) {
	for _, told := range []bool{true, false} {
		inBubble(t, sharedcache.Options{MaxBody: 4}, func(t *testing.T, o *origin, cache *sharedcache.Cache) {
			o.answer = func(req *http.Request) (*http.Response, error) {
				resp, err := answering(200, "whole", "Cache-Control: max-age=60")(req)
				if !told {
					resp.ContentLength = -1
				}
				return resp, err
			}
			for range 2 {
				if a := get(t, cache); a.body != "whole" {
					t.Errorf("got %+v", a)
				}
			}
			if o.count() != 2 {
				t.Errorf("%d requests", o.count())
			}
		})
	}
	inBubble(t, sharedcache.Options{}, func(t *testing.T, o *origin, cache *sharedcache.Cache) {
		o.answer = func(req *http.Request) (*http.Response, error) {
			resp, err := answering(200, "who", "Cache-Control: max-age=60")(req)
			resp.Body = io.NopCloser(io.MultiReader(resp.Body, iotestErr{io.ErrUnexpectedEOF}))
			return resp, err
		}
		for range 2 {
			resp, err := cache.RoundTrip(request(t, http.MethodGet, page))
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(resp.Body)
			if resp.Body.Close(); string(body) != "who" || !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("got %q, %v", body, err)
			}
		}
		if o.count() != 2 {
			t.Errorf("%d requests", o.count())
		}
	})
}

type iotestErr struct{ err error }

func (e iotestErr) Read([]byte) (int, error) { return 0, e.err }

func TestTheCacheIsBoundedByEntriesAndByBytes(t *testing.T) {
	for name, options := range map[string]sharedcache.Options{"entries": {Entries: 3}, "bytes": {Bytes: 3 * 2100}} {
		inBubble(t, options, func(t *testing.T, o *origin, cache *sharedcache.Cache) {
			o.answer = answering(200, strings.Repeat("x", 1000), "Cache-Control: max-age=60")
			numbered := func(i int) { send(t, cache, request(t, http.MethodGet, page+strconv.Itoa(i))) }
			for i := range 3 {
				numbered(i)
			}
			numbered(0) // the last used
			numbered(3) // in the place of 1
			for i, asked := range map[int]int{0: 4, 2: 4, 3: 4} {
				if numbered(i); o.count() != asked {
					t.Errorf("%s: %d is gone", name, i)
				}
			}
			if numbered(1); o.count() != 5 {
				t.Errorf("%s: 1 was kept beyond the bound", name)
			}
		})
	}
	inBubble(t, sharedcache.Options{Bytes: 3000}, func(t *testing.T, o *origin, cache *sharedcache.Cache) {
		get(t, cache)
		o.answer = answering(200, strings.Repeat("x", 3000), "Cache-Control: max-age=60")
		for range 2 {
			send(t, cache, request(t, http.MethodGet, page+"/large"))
		}
		if get(t, cache); o.count() != 3 {
			t.Errorf("%d requests: what there is no room for was kept, or drove out another", o.count())
		}
	})
}

// The caller chooses the URL, and what a page that depends on their fields is kept by.
func TestWhatABrowserSendsCountsAsMemory(t *testing.T) {
	long := strings.Repeat("x", 100_000)
	for _, byURL := range []bool{true, false} {
		inBubble(t, sharedcache.Options{Bytes: 1 << 20}, func(t *testing.T, o *origin, cache *sharedcache.Cache) {
			o.answer = answering(200, "", "Cache-Control: max-age=60", "Vary: A")
			numbered := func(i int) {
				if byURL {
					send(t, cache, request(t, http.MethodGet, page+"?"+strconv.Itoa(i)+long))
				} else {
					get(t, cache, "A: "+strconv.Itoa(i)+long)
				}
			}
			for i := range 11 {
				numbered(i)
			}
			if numbered(0); o.count() != 12 {
				t.Errorf("by URL: %t: more than a megabyte is kept in one", byURL)
			}
		})
	}
}
