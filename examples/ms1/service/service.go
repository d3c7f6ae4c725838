// Package service runs the demonstration's MS1: the orders of package orders, checked by a client of the SDK that is set up
// as in any service that imports it, and a port for operators.
package service

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

	"ms2.internal/lb/examples/ms1/orders"
	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/attest"
	"ms2.internal/lb/sdk/health"
)

// options are what the command line says. How MS2 is found and asked is the environment's part.
type options struct {
	listen, health, db string
	audience           string
	patience           time.Duration
}

func (o *options) define(f *flag.FlagSet) {
	f.StringVar(&o.listen, "listen", "127.0.0.1:8081", "`host:port` to take orders on")
	f.StringVar(&o.health, "health", "127.0.0.1:9091", "`host:port` for operators: /stats and /readyz")
	f.StringVar(&o.db, "db", "ms1.db", "`file` of the SQLite database, made when it is not there")
	f.StringVar(&o.audience, "audience", "", "`name` under which MS2 signs for this service; with it attestations count, empty means none")
	f.DurationVar(&o.patience, "patience", 5*time.Second, "how long to wait for slow requests at the end, and for the head of one")
}

// Main runs the service that the arguments of a command line and the environment describe until SIGTERM or Ctrl-C, and
// returns the exit code.
func Main(args []string) int {
	var o options
	flags := flag.NewFlagSet("ms1", flag.ContinueOnError)
	o.define(flags)
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2 // the flag package said why
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	if err := run(ctx, o, log); err != nil {
		log.Error("ms1: ended", "err", err)
		return 1
	}
	return 0
}

// run sets up the client, the store and the two ports, and serves until ctx ends.
func run(ctx context.Context, o options, log *slog.Logger) (err error) {
	config, err := sdk.ConfigFromEnv()
	if err != nil {
		return err
	}
	client, err := o.client(config, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, client.Close()) }()
	store, err := orders.OpenStore(ctx, o.db)
	if err != nil {
		return err
	}
	defer store.Close()
	handler, err := orders.Handler(client, store, log)
	if err != nil {
		return err
	}
	public, err := net.Listen("tcp", o.listen)
	if err != nil {
		return fmt.Errorf("-listen: %w", err)
	}
	defer public.Close() // once more does no harm
	operators, err := net.Listen("tcp", o.health)
	if err != nil {
		return fmt.Errorf("-health: %w", err)
	}
	log.Info("ms1: serving", "addr", public.Addr().String(), "health", operators.Addr().String())
	return serve(ctx, o.patience, log,
		site{public, handler}, site{operators, health.Handler(client)})
}

// client is one of the SDK, with a verifier where attestations count.
func (o options) client(config sdk.Config, log *slog.Logger) (*sdk.Client, error) {
	opts := []sdk.Option{sdk.WithLogger(log)}
	if o.audience != "" {
		verifier, err := attest.NewVerifier(attest.VerifierOptions{Issuer: "ms2", Audience: o.audience})
		if err != nil {
			return nil, fmt.Errorf("-audience: %w", err)
		}
		opts = append(opts, sdk.WithAttestations(verifier))
	}
	return sdk.New(config, opts...)
}

// site is a port and what is served there.
type site struct {
	listener net.Listener
	handler  http.Handler
}

// serve serves the sites until ctx ends or one fails, then lets the requests under way finish.
func serve(ctx context.Context, patience time.Duration, log *slog.Logger, sites ...site) error {
	failed := make(chan error, len(sites))
	var servers []*http.Server
	for _, s := range sites {
		server := &http.Server{Handler: s.handler, ReadHeaderTimeout: patience, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)}
		servers = append(servers, server)
		go func() { failed <- server.Serve(s.listener) }()
	}
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for _, server := range servers {
		if failure := server.Shutdown(ctx); failure != nil {
			err = errors.Join(err, fmt.Errorf("requests still ran after %v: %w", patience, failure), server.Close())
		}
	}
	return err
}
