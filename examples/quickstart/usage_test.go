package main

import (
	"flag"
	"strings"
	"testing"
)

func TestTheHelpHasEveryFlagAndEverySubcommand(t *testing.T) {
	t.Parallel()
	var o options
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	o.define(flags)
	var out strings.Builder
	usage(&out, flags)
	flags.VisitAll(func(f *flag.Flag) {
		if !strings.Contains(out.String(), "\n  -"+f.Name) {
			t.Errorf("lacks -%s in\n%s", f.Name, &out)
		}
	})
	for name := range services {
		if !strings.Contains(out.String(), "\n  "+name+" ") {
			t.Errorf("lacks %s in\n%s", name, &out)
		}
	}
}
