package transport

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync/atomic"
)

// host is the connections to one address. Once it was removed it makes none, and keeps none that is idle: neither for a
// request that was on its way to it, nor after one that was in flight, as HTTP/2 would.
type host struct {
	*http.Transport
	removed atomic.Bool
	open    atomic.Int64 // connections
}

// newHost returns the connections to one address, of which there are none yet. dialed is set at the first.
func newHost(prototype *http.Transport, dialed *atomic.Bool) *host {
	h := &host{Transport: prototype.Clone()}
	dial := h.DialContext
	h.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if h.removed.Load() {
			return nil, ErrRemoved
		}
		conn, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		dialed.Store(true)
		h.open.Add(1)
		return &counted{Conn: conn, open: &h.open}, nil
	}
	return h
}

// counted is a connection that is counted until it is closed.
type counted struct {
	net.Conn
	open   *atomic.Int64
	closed atomic.Bool
}

// Close closes the connection.
func (c *counted) Close() error {
	if c.closed.CompareAndSwap(false, true) {
		c.open.Add(-1)
	}
	return c.Conn.Close()
}

// RoundTrip sends a request.
func (h *host) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := h.Transport.RoundTrip(req)
	if err != nil {
		h.tidy()
		return nil, err
	}
	resp.Body = &lastBody{resp.Body, h}
	return resp, nil
}

// remove has the host's connections closed, those in use when they become idle.
func (h *host) remove() {
	h.removed.Store(true)
	h.CloseIdleConnections()
}

// tidy closes what a removed host does not need any more.
func (h *host) tidy() {
	if h.removed.Load() {
		h.CloseIdleConnections()
	}
}

// lastBody is the body of a response, after which its connection is idle.
type lastBody struct {
	io.ReadCloser
	host *host
}

// Close closes the body, and the connections of a host that was removed meanwhile.
func (b *lastBody) Close() error {
	err := b.ReadCloser.Close()
	b.host.tidy()
	return err
}
