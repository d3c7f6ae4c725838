// Package service runs the demonstration's gateway: MS2's pages by way of a shared cache, orders to MS1 with attestations, and the page
// that browsers show.
package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"

	"ms2.internal/lb/examples/serve"
	"ms2.internal/lb/sdk"
)

// Main runs the gateway that the arguments of a command line and the environment describe until SIGTERM, SIGHUP or Ctrl-C, and returns
// the exit code.
func Main(args []string) int {
	o, err := parse(args)
	if err != nil {
		return serve.ExitCode(err)
	}
	ctx, stop := serve.UntilTold()
	defer stop()
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	if err := run(ctx, o, log); err != nil {
		log.Error("gateway: ended", "err", err)
		return 1
	}
	return 0
}

// run sets up the client, the ways to both services and the port, and serves until ctx ends.
func run(ctx context.Context, o options, log *slog.Logger) (err error) {
	config, err := sdk.ConfigFromEnv()
	if err != nil {
		return err
	}
	client, err := sdk.New(config, sdk.WithLogger(log))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, client.Close()) }()
	connections := connectionsToMS1()
	defer connections.CloseIdleConnections()
	health := &health{}
	handler, err := o.routes(client.RoundTripper(), connections, health, log)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", o.listen)
	if err != nil {
		return fmt.Errorf("-listen: %w", err)
	}
	log.Info("gateway: serving", "addr", listener.Addr().String(), "ms1", o.ms1.String())
	return o.Serve(ctx, log, func() { health.leaving.Store(true) }, serve.Site{Listener: listener, Handler: handler})
}
