package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"ms2.internal/lb/sdk/protocol"
)

// replicaCommand makes a replica of this binary.
const replicaCommand = "replica"

// replica serves as MS2 does. The first line that it prints is its address; at the first line that it reads it turns bad,
// in its kind's way, and says so. It ends with its input, and so with its parent.
func replica(name string, in io.Reader, out io.Writer) error {
	k, err := kindNamed(name)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s := newServed(k)
	server := &http.Server{Handler: s, ReadHeaderTimeout: 5 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = server.Serve(turningListener{listener, s}) }() // its error is Close's
	defer server.Close()
	return s.obey(in, out, listener.Addr())
}

// served is a replica that may turn bad.
type served struct {
	kind      kind
	good, bad http.Handler
	turned    atomic.Bool
}

func newServed(k kind) *served {
	s := &served{kind: k, good: protocol.NewHandler(store{}, protocol.HandlerOptions{SingleOnly: k.single})}
	if k.bare404 {
		s.good = bareNotFound(s.good)
	}
	if s.bad = s.good; k.spoil != nil {
		s.bad = k.spoil(s.good)
	}
	return s
}

// ServeHTTP answers well or badly.
func (s *served) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.turned.Load() {
		s.bad.ServeHTTP(w, r)
		return
	}
	s.good.ServeHTTP(w, r)
}

// obey keeps the replica's side of the talk with the parent.
func (s *served) obey(in io.Reader, out io.Writer, addr net.Addr) error {
	if _, err := fmt.Fprintln(out, addr); err != nil {
		return err
	}
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		s.turned.Store(true)
		if _, err := fmt.Fprintln(out, "turned"); err != nil {
			return err
		}
	}
	return lines.Err()
}

// turningListener hands out connections that speak TLS once the replica has turned to it. No certificate is needed: a
// client that asks in plain text is answered before one is shown.
type turningListener struct {
	net.Listener
	replica *served
}

func (l turningListener) Accept() (net.Conn, error) {
	connection, err := l.Listener.Accept()
	if err == nil && l.replica.kind.tlsOnly && l.replica.turned.Load() {
		return tls.Server(connection, &tls.Config{}), nil
	}
	return connection, err
}

// store knows SIDs by their looks.
type store struct{}

// Lookup takes its time, unless the client leaves.
func (store) Lookup(ctx context.Context, sids []string) (map[string]protocol.Entity, error) {
	select {
	case <-time.After(service):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	found := make(map[string]protocol.Entity, len(sids))
	for _, sid := range sids {
		if genuine(sid) {
			found[sid] = protocol.Entity{Kind: "product"}
		}
	}
	return found, nil
}

// bareNotFound answers a 404 that names no SID where the good handler's would name it.
func bareNotFound(good http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, forgedPrefix) {
			time.Sleep(service)
			http.NotFound(w, r)
			return
		}
		good.ServeHTTP(w, r)
	})
}
