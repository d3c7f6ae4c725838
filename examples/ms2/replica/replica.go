// Package replica runs one replica of the demonstration's MS2: the wire contract of the SDK and the data for browsers over
// a SQLite catalog, a registration in Consul, and a departure in good order.
//
// An MS2 team does the same with its own store: see routes for the handler, and run for the order on SIGTERM.
package replica

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"

	"ms2.internal/lb/examples/ms2/catalog"
	"ms2.internal/lb/examples/serve"
)

// Main runs the replica that the arguments of a command line describe until SIGTERM, SIGHUP or Ctrl-C, and returns the exit code.
func Main(args []string) int {
	return MainWith(args, nothing)
}

// nothing puts nothing before a handler.
func nothing(h http.Handler) http.Handler { return h }

// MainWith is [Main] of a replica that puts something before its handler, all of its paths.
func MainWith(args []string, before func(http.Handler) http.Handler) int {
	o, err := parse(args)
	if err != nil {
		return serve.ExitCode(err)
	}
	o.before = before
	ctx, stop := serve.UntilTold()
	defer stop()
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	if err := run(ctx, o, log); err != nil {
		log.Error("ms2: ended", "err", err)
		return 1
	}
	return 0
}

// run opens the catalog, then the port, for until it is open an asker had better be refused than kept waiting; and serves
// until ctx ends.
func run(ctx context.Context, o options, log *slog.Logger) error {
	store, err := open(ctx, o)
	if err != nil {
		return err
	}
	defer store.Close()
	listener, err := net.Listen("tcp", o.listen)
	if err != nil {
		return fmt.Errorf("-listen: %w", err)
	}
	defer listener.Close() // once more does no harm
	return serveOn(ctx, o, store, listener, log)
}

func open(ctx context.Context, o options) (*catalog.Catalog, error) {
	store, err := catalog.Open(ctx, o.db)
	if err != nil {
		return nil, fmt.Errorf("-db: %w", err)
	}
	if err := store.Retire(ctx, o.retire...); err != nil {
		_ = store.Close() // nothing was written
		return nil, fmt.Errorf("-retire: %w", err)
	}
	return store, nil
}

// serveOn answers until ctx ends or the server fails, and leaves without a failed request: first every answer says so and the health
// check fails, then the registry is told, then -drain passes for those who have heard neither yet, and only then the port closes.
func serveOn(ctx context.Context, o options, store *catalog.Catalog, l net.Listener, log *slog.Logger) error {
	o.settle(l.Addr())
	log = log.With("replica", o.id)
	signer, err := o.signer(log)
	if err != nil {
		return err
	}
	handler, drain := o.routes(store, signer, log)
	withdraw, err := announce(ctx, o, log) // what Consul tells of must work: the port is open
	if err != nil {
		return err
	}
	log.Info("ms2: serving", "addr", l.Addr().String())
	leave := func() {
		drain()
		withdraw()
	}
	return o.Serve(ctx, log, leave, serve.Site{Listener: l, Handler: o.before(handler)})
}
