package serve_test

import (
	"bufio"
	"net"
	"net/http"
	"sync"
	"testing"
)

// pipes is a listener in memory, so that a bubble of testing/synctest has exact times.
type pipes struct {
	incoming chan net.Conn
	closed   chan struct{}
	once     sync.Once
}

func newPipes() *pipes { return &pipes{incoming: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.incoming:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

// dial returns nil when nobody listens any more.
func (p *pipes) dial() net.Conn {
	client, server := net.Pipe()
	select {
	case p.incoming <- server:
		return client
	case <-p.closed:
		return nil
	}
}

// connection is one that requests are written to by hand.
type connection struct {
	t *testing.T
	net.Conn
	reader *bufio.Reader
}

func (p *pipes) connect(t *testing.T) *connection {
	t.Helper()
	conn := p.dial()
	if conn == nil {
		t.Fatal("nobody listens")
	}
	t.Cleanup(func() { conn.Close() })
	return &connection{t, conn, bufio.NewReader(conn)}
}

func (c *connection) send(text string) {
	c.t.Helper()
	if _, err := c.Write([]byte(text)); err != nil {
		c.t.Fatalf("sending %q: %v", text, err)
	}
}

// answer reads one answer without its body, and fails the test when there is none.
func (c *connection) answer() *http.Response {
	c.t.Helper()
	response, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return response
}

// ended reports whether the other side closes the connection without an answer.
func (c *connection) ended() bool {
	_, err := c.reader.Peek(1)
	return err != nil
}
