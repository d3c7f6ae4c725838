package replica

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"ms2.internal/lb/examples/serve"
	"ms2.internal/lb/examples/sqlite"
	"ms2.internal/lb/sdk/protocol"
)

// options are what the command line says.
type options struct {
	serve.Options
	listen              string
	db                  string
	retire              []string
	consul, service, id string
	advertise, zone     string
	weight              int
	keys, audience      string
	life                time.Duration
	fresh               protocol.HandlerOptions // the ages alone
	pageAge             time.Duration
	browsers            serve.Browsers
	before              func(http.Handler) http.Handler // see MainWith; not of the command line
}

// parse reads the arguments. What is wrong with them was printed when it returns.
func parse(args []string) (options, error) {
	o := options{before: nothing}
	flags := flag.NewFlagSet("ms2", flag.ContinueOnError)
	o.define(flags)
	flags.Usage = func() { usage(flags) }
	err := serve.Parse(flags, args, o.check)
	return o, err
}

func (o *options) define(f *flag.FlagSet) {
	f.StringVar(&o.listen, "listen", "127.0.0.1:8082", "`host:port` to serve on")
	f.StringVar(&o.db, "db", "ms2.db", "`file` of the SQLite database, made and filled when it is not there")
	f.Func("retire", "`SIDs`, separated by commas, to retire at start", func(list string) error {
		o.retire = strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
		return nil
	})
	f.StringVar(&o.consul, "consul", os.Getenv("CONSUL_HTTP_ADDR"), "`address` of the Consul agent to register with; empty means none")
	f.StringVar(&o.advertise, "advertise", "", "`host:port` to register; empty means the one of -listen")
	f.StringVar(&o.service, "service", "ms2", "`name` to register under")
	f.StringVar(&o.id, "id", "", "`identity` to register under; empty means one made of the service and the address")
	f.StringVar(&o.zone, "zone", "", "`zone` that the replica is in")
	f.IntVar(&o.weight, "weight", 1, "share of the requests, against the weights of the other replicas")
	f.StringVar(&o.keys, "keys", "", "`file` of the keys to sign attestations with, the same for all replicas; it is made when it is not there; empty means none")
	f.StringVar(&o.audience, "audience", "ms1", "`name` of the service that may rely on attestations")
	f.DurationVar(&o.life, "life", 10*time.Minute, "how long an attestation counts")
	f.DurationVar(&o.fresh.MaxAge, "max-age", 5*time.Second, "how long a client may believe that a SID is valid")
	f.DurationVar(&o.fresh.NegativeMaxAge, "negative-max-age", time.Second, "the same for one that is invalid")
	f.DurationVar(&o.fresh.StaleWhileRevalidate, "stale-while-revalidate", 5*time.Second, "how long beyond that while it asks again")
	f.DurationVar(&o.fresh.StaleIfError, "stale-if-error", time.Minute, "how long beyond that when asking fails")
	f.DurationVar(&o.pageAge, "page-age", time.Minute, "how long browsers and caches may keep a page; with attestations at most half of -life")
	o.browsers.Define(f, "ms1")
	o.Define(f)
}

// check returns an error that names each flag whose value can't work.
func (o *options) check() error {
	const longest = 365 * 24 * time.Hour
	errs := []error{
		serve.Within("weight", o.weight, 1, 1000),
		serve.Within("life", o.life, time.Second, 24*time.Hour),
		serve.Within("max-age", o.fresh.MaxAge, 0, longest),
		serve.Within("negative-max-age", o.fresh.NegativeMaxAge, 0, longest),
		serve.Within("stale-while-revalidate", o.fresh.StaleWhileRevalidate, 0, longest),
		serve.Within("stale-if-error", o.fresh.StaleIfError, 0, longest),
		serve.Within("page-age", o.pageAge, 0, longest),
		o.Check(),
	}
	if err := sqlite.CheckPath(o.db); err != nil {
		errs = append(errs, fmt.Errorf("-db: %w", err))
	}
	return errors.Join(append(errs, o.checkNames(), o.checkAddresses())...)
}

// settle completes what follows from the address that the replica listens on: only then is the port 0 a real one.
func (o *options) settle(listening net.Addr) {
	if o.advertise == "" {
		host, _, _ := net.SplitHostPort(o.listen)
		_, port, _ := net.SplitHostPort(listening.String())
		o.advertise = net.JoinHostPort(host, port)
	}
	if o.id == "" {
		o.id = o.service + "-" + tidy(o.advertise)
	}
}

// tidy makes a part of an identity out of host:port: 127.0.0.1-8082, and 0-1-8082 of [::1]:8082.
func tidy(address string) string {
	filled := strings.NewReplacer("[::", "0:", "::", ":0:").Replace(address)
	return strings.Join(strings.FieldsFunc(filled, func(r rune) bool { return strings.ContainsRune(":[]%/", r) }), "-")
}
