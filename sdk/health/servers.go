package health

import (
	"net/http"
	"sync"
)

// servers knows when a server that streams come from shuts down: Shutdown waits for requests, and does not end them. The zero value works.
type servers struct {
	mu sync.Mutex                     // locked for a whole method, by defer
	of map[*http.Server]chan struct{} // closed when it shuts down; guarded by mu
}

// down is closed when the request's server shuts down; nil, for never, when it has none.
func (s *servers) down(r *http.Request) <-chan struct{} {
	server, _ := r.Context().Value(http.ServerContextKey).(*http.Server)
	if server == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	down, known := s.of[server]
	if !known {
		down = make(chan struct{})
		server.RegisterOnShutdown(sync.OnceFunc(func() { close(down) }))
		if s.of == nil {
			s.of = map[*http.Server]chan struct{}{}
		}
		s.of[server] = down
	}
	return down
}
