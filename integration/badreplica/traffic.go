package main

import (
	"net/http"
	"slices"
	"sync"
	"time"
)

// traffic counts the requests that leave for replicas.
type traffic struct {
	bad []string // the addresses of the bad ones

	mu   sync.Mutex
	sent []request // guarded by mu
}

// request is one that left.
type request struct {
	at    time.Time
	toBad bool
}

// note counts a request to an address.
func (t *traffic) note(addr string) {
	r := request{time.Now(), slices.Contains(t.bad, addr)}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sent = append(t.sent, r)
}

// since counts the requests from a moment on, and those to bad replicas among them.
func (t *traffic) since(from time.Time) (all, toBad int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.sent {
		if r.at.Before(from) {
			continue
		}
		all++
		if r.toBad {
			toBad++
		}
	}
	return all, toBad
}

// through counts what passes a transport, by the host of its URL.
func (t *traffic) through(next http.RoundTripper) http.RoundTripper { return counted{t, next} }

type counted struct {
	traffic *traffic
	next    http.RoundTripper
}

// RoundTrip is http.RoundTripper's.
func (c counted) RoundTrip(r *http.Request) (*http.Response, error) {
	c.traffic.note(r.URL.Host)
	return c.next.RoundTrip(r)
}
