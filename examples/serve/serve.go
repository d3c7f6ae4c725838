// Package serve runs the HTTP servers of the examples: nothing that a client delays holds them for long, and at the end no
// request is lost.
package serve

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"
)

// Site is a port and what is served there.
type Site struct {
	Listener net.Listener
	Handler  http.Handler
}

// UntilTold returns a context that ends with SIGTERM, Ctrl-C or SIGHUP; not with the last where nohup(1) has it ignored. Later
// signals change nothing: the end is bounded by drain and patience, and some senders repeat a signal at once.
func UntilTold() (context.Context, context.CancelFunc) {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signal.NotifyContext(context.Background(), signals...)
}

// Serve serves the sites until ctx ends or a port fails, and closes their listeners.
//
// The end is in order. First leave is called, which must make health checks fail. For Drain all requests are answered as before, until
// load balancers and clients have noticed. Then the sites close one after the other, each once its requests are answered, all within
// Patience.
func (o Options) Serve(ctx context.Context, log *slog.Logger, leave func(), sites ...Site) error {
	failed := make(chan error, len(sites))
	var s state
	var servers []*http.Server
	for _, site := range sites {
		server := o.server(o.follow(&s, site.Handler), log)
		servers = append(servers, server)
		go func() { failed <- server.Serve(site.Listener) }()
	}
	var failure error
	select {
	case failure = <-failed:
		leave()
	case <-ctx.Done():
		log.Info(cmp.Or(o.name, "serve")+": leaving", "drain", o.Drain)
		s.leaving.Store(true)
		leave()
		time.Sleep(o.Drain)
	}
	return errors.Join(failure, o.shutDown(&s, servers))
}

// server has a time-out for each thing that a client may delay. Connections may idle longer than the usual load balancer keeps
// them, so that it is never about to use one that is closed here.
func (o Options) server(h http.Handler, log *slog.Logger) *http.Server {
	const idle = 2 * time.Minute
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: o.ReadTimeout,
		ReadTimeout:       o.ReadTimeout,
		WriteTimeout:      o.all(),
		IdleTimeout:       idle,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// all is how long a request may take from its head to the end of its answer.
func (o Options) all() time.Duration { return o.ReadTimeout + 20*time.Second }

// state is what is known of the requests of all sites.
type state struct {
	leaving atomic.Bool
	running atomic.Int64 // requests
}

// follow counts requests, and ends their contexts when nobody could be answered any more: who waits for somebody else would wait on.
// Once leaving, it has clients close each connection with an answer. Shutdown closes those that are idle, and may do so while a request
// is on its way.
func (o Options) follow(s *state, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.running.Add(1)
		defer s.running.Add(-1)
		ctx, cancel := context.WithTimeout(r.Context(), o.all())
		defer cancel()
		if s.leaving.Load() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// shutDown waits for requests. Shutdown waits for connections that have brought none, too: browsers open some to spare.
func (o Options) shutDown(s *state, servers []*http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), o.Patience)
	defer cancel()
	var errs []error
	for _, server := range servers {
		err := server.Shutdown(ctx)
		if err == nil {
			continue
		}
		if s.running.Load() > 0 {
			errs = append(errs, fmt.Errorf("requests still ran after %v: %w", o.Patience, err))
		}
		errs = append(errs, server.Close())
	}
	return errors.Join(errs...)
}
