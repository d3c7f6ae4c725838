package faults

import (
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// Consul is the fault of the way to Consul: each request through it is refused.
const Consul Fault = "consul"

// Way is a TCP proxy before a Consul agent, on loopback. While it is away its port is closed and its connections are cut, as of an
// agent that ended. Its methods may be called concurrently.
type Way struct {
	addr, agent string

	mu       sync.Mutex
	listener net.Listener          // guarded by mu, as is all below; nil while away, and once closed
	closed   bool                  // for good
	open     map[net.Conn]struct{} // both ends of each connection
	running  sync.WaitGroup
}

// NewWay opens a way to the agent, host:port, at an address, host:port, that nobody listens on.
func NewWay(addr, agent string) (*Way, error) {
	w := &Way{addr: addr, agent: agent, open: map[net.Conn]struct{}{}}
	return w, w.Switch(false)
}

// Addr is the address at which the agent is reached through it, host:port.
func (w *Way) Addr() string { return w.addr }

// Away reports whether nobody gets through.
func (w *Way) Away() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.listener == nil
}

// Switch has the agent be away, or back. What is as it is wanted stays so.
func (w *Way) Switch(away bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.closed:
		return errors.New("the way to Consul is closed for good")
	case away:
		w.cutLocked()
		return nil
	case w.listener != nil:
		return nil
	}
	l, err := net.Listen("tcp", w.addr)
	if err != nil {
		return err
	}
	w.listener = l
	w.running.Go(func() { w.serve(l) })
	return nil
}

// Close ends it for good, and returns when nothing of it runs.
func (w *Way) Close() {
	w.shut()
	w.running.Wait()
}

func (w *Way) shut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	w.cutLocked()
}

func (w *Way) cutLocked() {
	if w.listener != nil {
		_ = w.listener.Close() // it is not used again
		w.listener = nil
	}
	for c := range w.open {
		_ = c.Close() // its copier notices
	}
}

func (w *Way) serve(l net.Listener) {
	for {
		in, err := l.Accept()
		if err != nil {
			return
		}
		w.running.Go(func() { w.carry(l, in) })
	}
}

// dialLimit is how long the agent may take to take a connection.
const dialLimit = 5 * time.Second

// carry copies both ways until one end closes, or the way does.
func (w *Way) carry(l net.Listener, in net.Conn) {
	defer in.Close()
	out, err := net.DialTimeout("tcp", w.agent, dialLimit)
	if err != nil {
		return
	}
	defer out.Close()
	if !w.hold(l, in, out) {
		return
	}
	defer w.release(in, out)
	var both sync.WaitGroup
	for _, ends := range [][2]net.Conn{{in, out}, {out, in}} {
		both.Go(func() {
			_, _ = io.Copy(ends[0], ends[1]) // it ends by an error when it is cut
			_ = ends[0].Close()
			_ = ends[1].Close()
		})
	}
	both.Wait()
}

// hold notes a connection, and reports whether the listener that took it is still the one.
func (w *Way) hold(l net.Listener, ends ...net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.listener != l {
		return false
	}
	for _, c := range ends {
		w.open[c] = struct{}{}
	}
	return true
}

func (w *Way) release(ends ...net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range ends {
		delete(w.open, c)
	}
}
