package main

import (
	"flag"
	"fmt"
	"io"
	"strings"
)

// groups are the flags by what they are for, in the order of the help.
var groups = []struct {
	words string
	flags []string
}{
	{`The show, when nothing else is asked for: three replicas of MS2 and an MS1 as processes of their own, browsers that
order real and forged things, a replica that is killed and comes back, and a table of what came of it.`, []string{"for", "browsers"}},
	{`Faults to play with: three replicas and an MS1 under steady traffic, MS1's health page, and a panel that kills, stops or drains
a replica, or has it be slow, fail or refuse. With -consul=dev Consul can be away, too. So that faults and their ends are seen
soon, MS1 runs with MS2_BREAKER_FAILURES=2, MS2_BREAKER_OPEN=1s and MS2_WARMUP=1s.`, []string{"serve"}},
	{"The page: the same services and a gateway, for a browser of yours.", []string{"open"}},
	{"All of these:", []string{"consul"}},
	{"What each way of checking an order costs:", []string{"ways", "rounds", "slot", "plot", "markdown"}},
}

const head = `Quickstart shows the SDK at work, with nothing installed but Go.

  go -C examples run ./quickstart [flags]
`

const tail = `
The services that it starts are subcommands of it. Each lists its own flags by -h:
  ms1            takes orders and checks them
  ms2            one replica of MS2
  ms2-faulty     the same with faults, for -serve
  gateway        fetches and caches MS2's signatures for MS1
  ms1-unchecked  MS1 without any check, for -ways
  ms1-today      MS1 as it checks without the SDK, for -ways

Nothing stays behind, neither a process nor a file. The exit code is 0 when all was well, 1 when something is not as it
should be, 2 for a bad flag, and 130 after Ctrl-C in the show. What ends the process that started it ends the quickstart, too.
`

// usage prints the help.
func usage(w io.Writer, flags *flag.FlagSet) {
	fmt.Fprint(w, head)
	for _, g := range groups {
		fmt.Fprintf(w, "\n%s\n", g.words)
		for _, name := range g.flags {
			f := flags.Lookup(name)
			kind, words := flag.UnquoteUsage(f)
			fmt.Fprintf(w, "  -%s\n      %s%s\n", strings.TrimSpace(name+" "+kind), words, byDefault(f))
		}
	}
	fmt.Fprint(w, tail)
}

// byDefault tells the default where there is one that says something.
func byDefault(f *flag.Flag) string {
	if f.DefValue == "" || f.DefValue == "false" {
		return ""
	}
	return " (default " + f.DefValue + ")"
}
