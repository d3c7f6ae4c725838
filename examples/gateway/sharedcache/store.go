package sharedcache

import (
	"net/http"
	"slices"
	"strconv"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// store holds entries, the least recently used of which go first.
type store struct {
	mu        sync.Mutex       // guards all below
	pages     map[string]*page // by URL: those that have entries
	entries   *simplelru.LRU[string, *entry]
	bytes     int64 // that the entries take
	most      int64 // that they may take
	last      int64 // number given to a page
	forgotten int64 // how often a page was forgotten
}

// page is what is known of a URL: on which fields its answers depend. Its number is part of the keys of its entries, so that those of a
// page that was forgotten, or that depends on other fields now, are found no more.
type page struct {
	number  int64
	vary    []string
	entries int
}

func newStore(entries int, bytes int64) (*store, error) {
	s := &store{pages: map[string]*page{}, most: bytes}
	var err error
	s.entries, err = simplelru.NewLRU(entries, func(_ string, e *entry) { s.dropped(e) })
	return s, err
}

// dropped takes note that an entry is gone. With the last of a page the page goes.
func (s *store) dropped(e *entry) {
	s.bytes -= e.size()
	if e.page.entries--; e.page.entries == 0 && s.pages[e.url] == e.page {
		delete(s.pages, e.url)
	}
}

// urlOf is the URL that a request is for (RFC 9111, 2).
func urlOf(req *http.Request) string {
	host := req.Host
	if host == "" {
		host = req.URL.Host
	}
	return req.URL.Scheme + "://" + host + req.URL.RequestURI()
}

func (p *page) key(h http.Header) string {
	return strconv.FormatInt(p.number, 10) + " " + variantOf(h, p.vary)
}

// find returns the entry that fits the request, or nil, and a key that requests with the same answer have in common as far as is known.
func (s *store) find(req *http.Request) (e *entry, key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	url := urlOf(req)
	p := s.pages[url]
	if p == nil {
		return nil, url
	}
	key = p.key(req.Header)
	if e, ok := s.entries.Get(key); ok && e.fits(req) {
		return e, key
	}
	return nil, key
}

// began is to be called when an answer is asked for; what it returns is for add.
func (s *store) began() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.forgotten
}

// add keeps the answer to a request, unless a page was forgotten since it was asked for: it may be what the page was before.
func (s *store) add(req *http.Request, e *entry, began int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e.url = urlOf(req)
	if s.forgotten != began || e.size() > s.most {
		return
	}
	if e.page = s.pages[e.url]; e.page == nil || !slices.Equal(e.page.vary, e.vary) {
		s.last++
		e.page = &page{number: s.last, vary: e.vary}
		s.pages[e.url] = e.page
	}
	e.page.entries++
	key := e.page.key(req.Header)
	s.entries.Remove(key) // which counts its bytes off
	s.entries.Add(key, e)
	for s.bytes += e.size(); s.bytes > s.most; {
		s.entries.RemoveOldest()
	}
}

// drop forgets an entry that answers a request, unless another has taken its place.
func (s *store) drop(req *http.Request, e *entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.pages[urlOf(req)]; p != nil {
		if now, _ := s.entries.Peek(p.key(req.Header)); now == e {
			s.entries.Remove(p.key(req.Header))
		}
	}
}

// forget drops all that is kept of a URL.
func (s *store) forget(url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forgotten++
	delete(s.pages, url)
}
