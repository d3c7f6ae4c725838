package replica

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"time"

	"ms2.internal/lb/sdk/protocol"
)

// options are what the command line says.
type options struct {
	listen, advertise   string
	db                  string
	retire              []string
	consul, service, id string
	zone                string
	weight              int
	drain, patience     time.Duration
	keys, audience      string
	life                time.Duration
	fresh               protocol.HandlerOptions // the ages alone
}

// parse reads the arguments and completes them: what is not said follows from what is.
func parse(args []string) (options, error) {
	var o options
	flags := flag.NewFlagSet("ms2", flag.ContinueOnError)
	o.define(flags)
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if err := o.complete(); err != nil {
		fmt.Fprintln(flags.Output(), "ms2:", err)
		return o, err
	}
	return o, nil
}

func (o *options) define(f *flag.FlagSet) {
	f.StringVar(&o.listen, "listen", "127.0.0.1:8082", "`host:port` to serve on")
	f.StringVar(&o.advertise, "advertise", "", "`host:port` that others reach it by; empty means the one of -listen")
	f.StringVar(&o.db, "db", "ms2.db", "`file` of the SQLite database, made and filled when it is not there")
	f.Func("retire", "`SIDs`, separated by commas, to retire at start", func(list string) error {
		o.retire = strings.Split(list, ",")
		return nil
	})
	f.StringVar(&o.consul, "consul", os.Getenv("CONSUL_HTTP_ADDR"), "`address` of the Consul agent to register with; empty means none")
	f.StringVar(&o.service, "service", "ms2", "`name` to register under")
	f.StringVar(&o.id, "id", "", "`identity` to register under; empty means one made of the service and the address")
	f.StringVar(&o.zone, "zone", "", "`zone` that the replica is in")
	f.IntVar(&o.weight, "weight", 1, "share of the requests, against the weights of the other replicas")
	f.DurationVar(&o.drain, "drain", time.Second, "how long to serve on after SIGTERM, until everybody knows")
	f.DurationVar(&o.patience, "patience", 5*time.Second, "how long to wait for slow requests, and for the head of one")
	f.StringVar(&o.keys, "keys", "", "`file` of the keys to sign attestations with, the same for all replicas; it is made when it is not there; empty means none")
	f.StringVar(&o.audience, "audience", "ms1", "`name` of the service that may rely on attestations")
	f.DurationVar(&o.life, "life", 10*time.Minute, "how long an attestation counts")
	f.DurationVar(&o.fresh.MaxAge, "max-age", 5*time.Second, "how long a client may believe that a SID is valid")
	f.DurationVar(&o.fresh.NegativeMaxAge, "negative-max-age", time.Second, "the same for one that is invalid")
	f.DurationVar(&o.fresh.StaleWhileRevalidate, "stale-while-revalidate", 5*time.Second, "how long beyond that while it asks anew")
	f.DurationVar(&o.fresh.StaleIfError, "stale-if-error", time.Minute, "how long beyond that when asking fails")
}

func (o *options) complete() error {
	if o.advertise == "" {
		o.advertise = o.listen
	}
	host, _, err := net.SplitHostPort(o.advertise)
	if err != nil {
		return fmt.Errorf("the address %q is not host:port: %w", o.advertise, err)
	}
	if ip := net.ParseIP(host); o.consul != "" && (host == "" || ip.IsUnspecified()) {
		return fmt.Errorf("-listen %s names no host that others could reach: give one by -advertise host:port", o.listen)
	}
	if o.id == "" {
		o.id = o.service + "-" + strings.ReplaceAll(o.advertise, ":", "-")
	}
	return nil
}

// handler are the options of the wire's handler.
func (o options) handler(ping func(context.Context) error, signer protocol.Attester, log *slog.Logger) protocol.HandlerOptions {
	h := o.fresh
	h.Health, h.Attester, h.Logger = ping, signer, log
	return h
}
