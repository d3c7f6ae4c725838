package service

import (
	"errors"
	"flag"
	"fmt"

	"ms2.internal/lb/examples/serve"
	"ms2.internal/lb/examples/sqlite"
)

// options are what the command line says. How MS2 is found and asked is the environment's part.
type options struct {
	serve.Options
	listen, health, db string
	audience           string
	browsers           serve.Browsers
}

// parse reads the arguments. What is wrong with them was printed when it returns.
func (v Variant) parse(args []string) (options, error) {
	var o options
	flags := flag.NewFlagSet(v.Name, flag.ContinueOnError)
	o.define(flags)
	flags.Usage = func() { v.usage(flags) }
	err := serve.Parse(flags, args, o.check)
	return o, err
}

func (o *options) define(f *flag.FlagSet) {
	f.StringVar(&o.listen, "listen", "127.0.0.1:8081", "`host:port` to take orders on")
	f.StringVar(&o.health, "health", "127.0.0.1:9091", "`host:port` for operators: /stats and /readyz")
	f.StringVar(&o.db, "db", "ms1.db", "`file` of the SQLite database, made when it is not there")
	f.StringVar(&o.audience, "audience", "", "`name` under which MS2 signs for this service; with it attestations count, empty means none")
	o.browsers.Define(f, "ms2")
	o.Define(f)
}

// check returns an error that names each flag whose value can't work.
func (o *options) check() error {
	err := o.Check()
	if path := sqlite.CheckPath(o.db); path != nil {
		err = errors.Join(err, fmt.Errorf("-db: %w", path))
	}
	return err
}
