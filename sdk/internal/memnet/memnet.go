// Package memnet is a network inside the process, for tests: its connections are pipes, so that a test in a bubble of
// testing/synctest has exact times, and nothing outside can disturb it.
package memnet

import (
	"context"
	"net"
	"sync"
	"syscall"
)

// Network connects dialers with listeners by address. The zero value works.
type Network struct {
	mu    sync.Mutex
	hosts map[string]*Listener // guarded by mu
}

// ErrRefused is the error of a dial to an address where nobody listens, or whose listener is down.
var ErrRefused error = syscall.ECONNREFUSED

// Listen returns a listener at an address of any form, in place of an earlier one.
func (n *Network) Listen(addr string) *Listener {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.hosts == nil {
		n.hosts = map[string]*Listener{}
	}
	l := &Listener{addr: address(addr), incoming: make(chan net.Conn), closed: make(chan struct{}), open: map[*pipe]net.Conn{}}
	n.hosts[addr] = l
	return l
}

// DialContext connects to the listener at an address, when it accepts. It has the form that net/http wants.
func (n *Network) DialContext(ctx context.Context, _, addr string) (net.Conn, error) {
	l := n.listener(addr)
	if l == nil {
		return nil, refusal(address(addr))
	}
	return l.dial(ctx)
}

func (n *Network) listener(addr string) *Listener {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.hosts[addr]
}

func refusal(addr address) error {
	return &net.OpError{Op: "dial", Net: "mem", Addr: addr, Err: ErrRefused}
}

// Listener accepts the connections to one address.
type Listener struct {
	addr     address
	incoming chan net.Conn
	closed   chan struct{}
	once     sync.Once

	mu    sync.Mutex
	down  bool               // guarded by mu
	dials int                // guarded by mu
	open  map[*pipe]net.Conn // guarded by mu; the dialers' ends, and the servers'
}

func (l *Listener) dial(ctx context.Context) (net.Conn, error) {
	client, server := net.Pipe()
	c := &pipe{Conn: client, listener: l}
	if !l.register(c, server) {
		return nil, refusal(l.addr)
	}
	select {
	case l.incoming <- server:
		return c, nil
	case <-l.closed:
		c.Close()
		return nil, refusal(l.addr)
	case <-ctx.Done():
		c.Close()
		return nil, ctx.Err()
	}
}

func (l *Listener) register(client *pipe, server net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dials++
	if !l.down {
		l.open[client] = server
	}
	return !l.down
}

// pipe is a dialer's end, which the listener forgets when it is closed.
type pipe struct {
	net.Conn
	listener *Listener
}

// Close closes this end; the other reads to its end.
func (p *pipe) Close() error {
	p.listener.mu.Lock()
	delete(p.listener.open, p)
	p.listener.mu.Unlock()
	return p.Conn.Close()
}

// SetDown cuts every connection and refuses new ones, or accepts them again.
func (l *Listener) SetDown(down bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = down
	if down {
		for client, server := range l.open {
			client.Conn.Close()
			server.Close()
		}
		clear(l.open)
	}
}

// Dials counts the attempts to connect.
func (l *Listener) Dials() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dials
}

// Accept returns the next connection.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.incoming:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close refuses further connections.
func (l *Listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr is the address listened at.
func (l *Listener) Addr() net.Addr { return l.addr }

type address string

func (address) Network() string  { return "mem" }
func (a address) String() string { return string(a) }
