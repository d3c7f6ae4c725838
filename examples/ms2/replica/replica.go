// Package replica runs one replica of the demonstration's MS2: the wire contract of the SDK and the data for browsers over
// a SQLite catalog, a registration in Consul, and a departure in good order.
//
// An MS2 team does the same with its own store: see serve for the handler, and depart for the order on SIGTERM.
package replica

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"ms2.internal/lb/examples/ms2/catalog"
	"ms2.internal/lb/sdk/protocol"
)

// Main runs the replica that the arguments of a command line describe until SIGTERM or Ctrl-C, and returns the exit code.
func Main(args []string) int {
	o, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		return 2 // the flag package said why
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	log := slog.New(slog.NewTextHandler(os.Stderr, nil)).With("replica", o.id)
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
	return serve(ctx, o, store, listener, log)
}

func open(ctx context.Context, o options) (*catalog.Catalog, error) {
	store, err := catalog.Open(ctx, o.db)
	if err != nil || len(o.retire) == 0 {
		return store, err
	}
	if err := store.Retire(ctx, o.retire...); err != nil {
		_ = store.Close() // nothing was written
		return nil, fmt.Errorf("-retire: %w", err)
	}
	return store, nil
}

// serve answers until ctx ends or the server fails, and leaves. It registers once the port answers: what Consul tells of
// must work.
func serve(ctx context.Context, o options, store *catalog.Catalog, l net.Listener, log *slog.Logger) error {
	signer, err := o.signer(log)
	if err != nil {
		_ = l.Close() // it served nobody yet
		return err
	}
	handler := protocol.NewHandler(store, o.handler(store.Ping, signer, log))
	server := &http.Server{
		Handler:           routes(handler, store, signer, log),
		ReadHeaderTimeout: o.patience,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	log.Info("ms2: serving", "addr", l.Addr().String())
	leave, err := announce(ctx, o, log)
	if err != nil {
		return errors.Join(err, server.Close()) // it served nobody yet
	}
	select {
	case err := <-failed:
		leave()
		return err
	case <-ctx.Done():
		return depart(o, handler, server, leave, log)
	}
}

// depart leaves without a failed request: first every answer says so and the health check fails, then the registry is
// told, then time passes for those who have heard neither yet, and only then the port closes.
func depart(o options, h *protocol.Handler, server *http.Server, leave func(), log *slog.Logger) error {
	log.Info("ms2: leaving", "drain", o.drain)
	h.Drain()
	leave()
	time.Sleep(o.drain)
	ctx, cancel := context.WithTimeout(context.Background(), o.patience)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("requests still ran after %v: %w", o.patience, err), server.Close())
	}
	return nil
}
