package service

import (
	"errors"
	"flag"
	"net/url"
	"strings"

	"ms2.internal/lb/examples/gateway/attach"
	"ms2.internal/lb/examples/serve"
	"ms2.internal/lb/examples/web"
)

// options are what the command line says. How MS2 is found and asked is the environment's part.
type options struct {
	serve.Options
	listen string
	ms1    *url.URL
	sids   []string
	cache  int
	links  []web.Link
}

// parse reads the arguments. What is wrong with them was printed when it returns.
func parse(args []string) (options, error) {
	var o options
	flags := flag.NewFlagSet("gateway", flag.ContinueOnError)
	o.define(flags)
	flags.Usage = func() { usage(flags) }
	err := serve.Parse(flags, args, o.check)
	return o, err
}

func (o *options) define(f *flag.FlagSet) {
	o.sids = attach.Default
	f.StringVar(&o.listen, "listen", "127.0.0.1:8080", "`host:port` for browsers")
	f.Func("ms1", "`URL` of MS1, such as http://127.0.0.1:8081 (required)", func(address string) error {
		base, err := web.Base(address)
		if err != nil {
			return err
		}
		o.ms1, err = url.Parse(base)
		return err
	})
	f.Func("sids", "JSON `pointers` to the SIDs of an order, separated by commas, where * is each element of an array; empty means none,\n"+
		"so that nothing is attached (default "+strings.Join(attach.Default, ",")+")", func(list string) error {
		o.sids = split(list)
		return nil
	})
	f.IntVar(&o.cache, "cache", 10_000, "how many of MS2's answers to keep")
	f.Func("links", "`name=URL`, separated by commas, of the same page elsewhere", func(list string) (err error) {
		o.links, err = web.ParseLinks(list)
		return err
	})
	o.Define(f)
}

// check returns an error that names each flag whose value can't work.
func (o *options) check() error {
	err := errors.Join(o.Check(), serve.Within("cache", o.cache, 1, 10_000_000))
	if o.ms1 == nil {
		err = errors.Join(err, errors.New("-ms1 is missing: say where MS1 is, such as -ms1 http://127.0.0.1:8081"))
	}
	return err
}

// split takes a list apart at its commas.
func split(list string) []string {
	var members []string
	for member := range strings.SplitSeq(list, ",") {
		if member = strings.TrimSpace(member); member != "" {
			members = append(members, member)
		}
	}
	return members
}
