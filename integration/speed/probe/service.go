package main

import (
	"context"
	"net"
	"net/http"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// store holds every SID for genuine.
type store struct{ takes time.Duration }

// Lookup takes the store's time.
func (s store) Lookup(_ context.Context, sids []string) (map[string]protocol.Entity, error) {
	if s.takes > 0 {
		<-time.After(s.takes)
	}
	found := make(map[string]protocol.Entity, len(sids))
	for _, sid := range sids {
		found[sid] = protocol.Entity{Kind: "product", Version: "3"}
	}
	return found, nil
}

// service is an MS2 on loopback, in this process: both sides of the comparison share the cores with it.
type service struct {
	addr   string
	server *http.Server
}

// serve starts a service whose store takes so long, and whose verdicts may be kept for maxAge.
func serve(takes, maxAge time.Duration) (*service, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	handler := protocol.NewHandler(store{takes}, protocol.HandlerOptions{MaxAge: maxAge})
	s := &service{addr: listener.Addr().String(), server: &http.Server{Handler: handler}}
	go func() { _ = s.server.Serve(listener) }() // returns at close
	return s, nil
}

func (s *service) close() { _ = s.server.Close() }

// withClient calls use with a client of a service that takes no time.
func withClient(maxAge time.Duration, cacheEntries int, use func(*sdk.Client) error) error {
	service, err := serve(0, maxAge)
	if err != nil {
		return err
	}
	defer service.close()
	client, err := service.client(cacheEntries)
	if err != nil {
		return err
	}
	defer client.Close()
	return use(client)
}

// client opens a client of the service, with the SDK's defaults but for the cache. Its times are guards only.
func (s *service) client(cacheEntries int) (*sdk.Client, error) {
	return sdk.New(sdk.Config{
		Endpoints: []string{s.addr}, Timeout: time.Minute, AttemptTimeout: 30 * time.Second, CacheEntries: cacheEntries,
	})
}
