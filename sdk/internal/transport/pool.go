package transport

import (
	"crypto/tls"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"ms2.internal/lb/discovery"
)

// pool has a host for each address, so that the idle connections of a removed replica close with it, and none is made to an
// address that no replica has.
type pool struct {
	hosts     atomic.Pointer[map[string]*host] // by host:port
	mu        sync.Mutex                       // locked to replace the map
	prototype *http.Transport
	dialed    atomic.Bool // once
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
	p.hosts.Store(&map[string]*host{})
	return p
}

// RoundTrip sends the request to the replica at its host. It does not follow redirects.
func (p *pool) RoundTrip(req *http.Request) (*http.Response, error) {
	h := (*p.hosts.Load())[req.URL.Host]
	if h == nil {
		if req.Body != nil {
			req.Body.Close()
		}
		return nil, ErrRemoved
	}
	return h.RoundTrip(req)
}

// connections is how many connections are open to an address.
func (p *pool) connections(addr string) int64 {
	if h := (*p.hosts.Load())[addr]; h != nil {
		return h.open.Load()
	}
	return 0
}

// add makes hosts for the addresses that have none.
func (p *pool) add(instances []discovery.Instance) { p.replace(instances, false) }

// keep removes the hosts of all other addresses. What is in flight to them finishes; then their connections close.
func (p *pool) keep(instances []discovery.Instance) { p.replace(instances, true) }

// replace makes hosts for the addresses that have none, and removes all others when these are the only ones.
func (p *pool) replace(instances []discovery.Instance, only bool) {
	for _, h := range p.swap(instances, only) {
		h.remove()
	}
}

func (p *pool) swap(instances []discovery.Instance, only bool) (gone []*host) {
	p.mu.Lock()
	defer p.mu.Unlock()
	old, next := *p.hosts.Load(), map[string]*host{}
	for _, instance := range instances {
		if next[instance.Addr] = old[instance.Addr]; next[instance.Addr] == nil {
			next[instance.Addr] = newHost(p.prototype, &p.dialed)
		}
	}
	for addr, h := range old {
		switch {
		case next[addr] != nil:
		case only:
			gone = append(gone, h)
		default:
			next[addr] = h
		}
	}
	p.hosts.Store(&next)
	return gone
}
