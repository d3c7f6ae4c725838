// Package service runs the demonstration's MS1: the orders of package orders, checked by a client of the SDK that is set up
// as in any service that imports it, and a port for operators.
package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"

	"ms2.internal/lb/examples/login"
	"ms2.internal/lb/examples/ms1/orders"
	"ms2.internal/lb/examples/serve"
	"ms2.internal/lb/examples/web"
	"ms2.internal/lb/sdk/protocol"
)

// Main runs the service that the arguments of a command line and the environment describe until SIGTERM, SIGHUP or Ctrl-C, and
// returns the exit code.
func Main(args []string) int { return usual.Main(args) }

// run sets up the checks, the store and the two ports, and serves until ctx ends.
func run(ctx context.Context, o options, open Open, log *slog.Logger) (err error) {
	checks, err := open(o.audience, log)
	if err != nil {
		return err
	}
	if checks.Close != nil {
		defer func() { err = errors.Join(err, checks.Close()) }()
	}
	store, err := orders.OpenStore(ctx, o.db)
	if err != nil {
		return fmt.Errorf("-db: %w", err)
	}
	defer store.Close()
	public, err := net.Listen("tcp", o.listen)
	if err != nil {
		return fmt.Errorf("-listen: %w", err)
	}
	defer public.Close() // once more does no harm
	private, err := net.Listen("tcp", o.health)
	if err != nil {
		return fmt.Errorf("-health: %w", err)
	}
	defer private.Close()
	log.Info("ms1: serving", "addr", public.Addr().String(), "health", private.Addr().String())
	operators := &operators{checks: checks.Operators}
	return o.Serve(ctx, log, func() { operators.leaving.Store(true) },
		serve.Site{Listener: public, Handler: o.routes(checks, store, log)},
		serve.Site{Listener: private, Handler: operators})
}

// routes serves the orders and, with -ms2, the page of the demonstration.
func (o options) routes(checks Checks, store *orders.Store, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	o.browsers.Mount(mux, web.Site{Service: "MS1", MS2: o.browsers.Other})
	mux.Handle("/", o.browsers.Origins.Allow(serve.CORS{
		Methods: []string{http.MethodGet, http.MethodPost},
		Headers: []string{"Content-Type", login.Header, protocol.HeaderAttestation},
		Exposed: []string{"Location", "Retry-After"},
	}, orders.Handler(checks.Guard, checks.Attempts, store, log)))
	return mux
}
