package attempt

import (
	"crypto/tls"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"ms2.internal/lb/discovery"
)

// pool is the [http.RoundTripper] under everything: a line to each address, so that the idle connections of a replica that
// was removed close with it, and none is made to an address that no replica has.
type pool struct {
	lines     atomic.Pointer[map[string]*line] // by host:port
	mu        sync.Mutex                       // held to replace the map
	prototype *http.Transport
}

// newPool returns a pool tuned for few hosts and many calls: as many idle connections as there may be calls, no proxy of
// the environment, no compression of bodies that are small and read at once.
func newPool(o Options, config *tls.Config) *pool {
	p := &pool{prototype: &http.Transport{
		DialContext:            (&net.Dialer{Timeout: o.Timeout, KeepAlive: 15 * time.Second}).DialContext,
		TLSClientConfig:        config,
		TLSHandshakeTimeout:    o.Timeout,
		MaxIdleConnsPerHost:    o.Idle,
		IdleConnTimeout:        90 * time.Second,
		DisableCompression:     true,
		ForceAttemptHTTP2:      true,
		MaxResponseHeaderBytes: 64 << 10,
		HTTP2:                  &http.HTTP2Config{SendPingTimeout: 5 * time.Second, PingTimeout: 2 * time.Second},
	}}
	p.lines.Store(&map[string]*line{})
	return p
}

// RoundTrip sends the request to the replica at its host. It does not follow redirects.
func (p *pool) RoundTrip(req *http.Request) (*http.Response, error) {
	l := (*p.lines.Load())[req.URL.Host]
	if l == nil {
		if req.Body != nil {
			req.Body.Close()
		}
		return nil, errRemoved
	}
	return l.RoundTrip(req)
}

// add makes lines to the addresses that have none.
func (p *pool) add(instances []discovery.Instance) { p.replace(instances, false) }

// keep drops the lines to all other addresses. What is in flight on them finishes; then their connections close.
func (p *pool) keep(instances []discovery.Instance) { p.replace(instances, true) }

// replace makes lines to the addresses that have none, and drops all others when they are the only ones.
func (p *pool) replace(instances []discovery.Instance, only bool) {
	p.mu.Lock()
	old, next := *p.lines.Load(), map[string]*line{}
	for _, instance := range instances {
		if next[instance.Addr] = old[instance.Addr]; next[instance.Addr] == nil {
			next[instance.Addr] = newLine(p.prototype)
		}
	}
	var gone []*line
	for addr, l := range old {
		switch {
		case next[addr] != nil:
		case only:
			gone = append(gone, l)
		default:
			next[addr] = l
		}
	}
	p.lines.Store(&next)
	p.mu.Unlock()
	for _, l := range gone {
		l.end()
	}
}
