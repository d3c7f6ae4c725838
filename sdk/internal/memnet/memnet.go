// Package memnet is a network inside the process, for tests: its connections are pipes, so that a test in a bubble of
// testing/synctest has exact times, and nothing outside can disturb it.
package memnet

import (
	"context"
	"errors"
	"net"
	"sync"
)

// Network connects dialers with listeners by address. The zero value works.
type Network struct {
	mu    sync.Mutex
	hosts map[string]*Listener // guarded by mu
}

// ErrRefused is the error of a dial to an address where nobody listens, or whose listener is down.
var ErrRefused = errors.New("connection refused")

// Listen returns a listener at an address of any form, in place of an earlier one.
func (n *Network) Listen(addr string) *Listener {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.hosts == nil {
		n.hosts = map[string]*Listener{}
	}
	l := &Listener{addr: address(addr), incoming: make(chan net.Conn), closed: make(chan struct{}), open: map[net.Conn]bool{}}
	n.hosts[addr] = l
	return l
}

// DialContext connects to the listener at an address, when it accepts. It has the form that net/http wants.
func (n *Network) DialContext(ctx context.Context, _, addr string) (net.Conn, error) {
	n.mu.Lock()
	l := n.hosts[addr]
	n.mu.Unlock()
	if l == nil {
		return nil, &net.OpError{Op: "dial", Net: "mem", Addr: address(addr), Err: ErrRefused}
	}
	return l.dial(ctx)
}

// Listener accepts the connections to one address.
type Listener struct {
	addr     address
	incoming chan net.Conn
	closed   chan struct{}
	once     sync.Once

	mu    sync.Mutex
	down  bool              // guarded by mu
	dials int               // guarded by mu
	open  map[net.Conn]bool // guarded by mu; both ends
}

func (l *Listener) dial(ctx context.Context) (net.Conn, error) {
	client, server := net.Pipe()
	if !l.register(client, server) {
		return nil, &net.OpError{Op: "dial", Net: "mem", Addr: l.addr, Err: ErrRefused}
	}
	select {
	case l.incoming <- server:
		return client, nil
	case <-l.closed:
		return nil, &net.OpError{Op: "dial", Net: "mem", Addr: l.addr, Err: ErrRefused}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *Listener) register(ends ...net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dials++
	if l.down {
		return false
	}
	for _, end := range ends {
		l.open[end] = true
	}
	return true
}

// SetDown cuts every connection and refuses new ones, or accepts them again.
func (l *Listener) SetDown(down bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = down
	if down {
		for end := range l.open {
			end.Close()
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
