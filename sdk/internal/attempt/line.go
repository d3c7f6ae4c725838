package attempt

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync/atomic"
)

// line is the transport to one address. Once it has ended it makes no connection, and keeps none that is idle: neither for
// a request that was on its way to it, nor after one that was in flight, as HTTP/2 would.
type line struct {
	*http.Transport
	ended atomic.Bool
}

func newLine(prototype *http.Transport) *line {
	l := &line{Transport: prototype.Clone()}
	dial := l.DialContext
	l.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if l.ended.Load() {
			return nil, errRemoved
		}
		return dial(ctx, network, addr)
	}
	return l
}

// RoundTrip sends a request.
func (l *line) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := l.Transport.RoundTrip(req)
	if err != nil {
		l.tidy()
		return nil, err
	}
	resp.Body = &lastBody{resp.Body, l}
	return resp, nil
}

// end has the line's connections closed, those in use when they become idle.
func (l *line) end() {
	l.ended.Store(true)
	l.CloseIdleConnections()
}

// tidy closes what a line that has ended does not need any more.
func (l *line) tidy() {
	if l.ended.Load() {
		l.CloseIdleConnections()
	}
}

// lastBody is the body of an answer, after which its connection is idle.
type lastBody struct {
	io.ReadCloser
	line *line
}

// Close closes the body, and the connections of a line that ended meanwhile.
func (b *lastBody) Close() error {
	err := b.ReadCloser.Close()
	b.line.tidy()
	return err
}
