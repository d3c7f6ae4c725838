package attempt

import (
	"crypto/tls"
	"maps"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"ms2.internal/lb/discovery"
)

// pool is the [http.RoundTripper] under everything: a transport of its own for each address, so that the idle
// connections of a replica that was removed close with it, and none is made to an address that no replica has.
type pool struct {
	transports atomic.Pointer[map[string]*http.Transport] // by host:port
	mu         sync.Mutex                                 // held to replace the map
	prototype  *http.Transport
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
	p.transports.Store(&map[string]*http.Transport{})
	return p
}

// RoundTrip sends the request to the replica at its host. It does not follow redirects.
func (p *pool) RoundTrip(req *http.Request) (*http.Response, error) {
	t := (*p.transports.Load())[req.URL.Host]
	if t == nil {
		if req.Body != nil {
			req.Body.Close()
		}
		return nil, errRemoved
	}
	return t.RoundTrip(req)
}

// add makes transports for the addresses that have none.
func (p *pool) add(instances []discovery.Instance) {
	p.mu.Lock()
	defer p.mu.Unlock()
	next := maps.Clone(*p.transports.Load())
	for _, instance := range instances {
		if next[instance.Addr] == nil {
			next[instance.Addr] = p.prototype.Clone()
		}
	}
	p.transports.Store(&next)
}

// keep drops the transports of all other addresses. What is in flight on them finishes; then their connections close.
func (p *pool) keep(instances []discovery.Instance) {
	p.mu.Lock()
	old, next := *p.transports.Load(), map[string]*http.Transport{}
	for _, instance := range instances {
		if t := old[instance.Addr]; t != nil {
			next[instance.Addr] = t
		}
	}
	p.transports.Store(&next)
	p.mu.Unlock()
	for addr, t := range old {
		if next[addr] == nil {
			t.CloseIdleConnections()
		}
	}
}
