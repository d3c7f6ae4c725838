package main

import (
	"context"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"ms2.internal/lb/sdk/protocol"
)

// store holds every SID for genuine but those that begin with unknown.
type store struct{ takes time.Duration }

const unknown = "unknown:"

// Lookup takes the store's time.
func (s store) Lookup(_ context.Context, sids []string) (map[string]protocol.Entity, error) {
	if s.takes > 0 {
		<-time.After(s.takes)
	}
	found := make(map[string]protocol.Entity, len(sids))
	for _, sid := range sids {
		if !strings.HasPrefix(sid, unknown) {
			found[sid] = protocol.Entity{Kind: "product", Version: "3"}
		}
	}
	return found, nil
}

// service is an MS2 on loopback that counts requests.
type service struct {
	addr     string
	requests atomic.Int64
	server   *http.Server
}

// serve starts a service whose store takes so long, and whose verdicts may be kept for maxAge.
func serve(takes, maxAge time.Duration) (*service, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &service{addr: listener.Addr().String()}
	handler := protocol.NewHandler(store{takes}, protocol.HandlerOptions{MaxAge: maxAge})
	s.server = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.requests.Add(1)
		handler.ServeHTTP(w, r)
	})}
	go func() { _ = s.server.Serve(listener) }() // returns at close
	return s, nil
}

func (s *service) close() { _ = s.server.Close() }
