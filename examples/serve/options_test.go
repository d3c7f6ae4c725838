package serve_test

import (
	"errors"
	"flag"
	"strings"
	"testing"

	"ms2.internal/lb/examples/serve"
)

// parse parses a command line of these flags alone, and returns what was printed.
func parse(args ...string) (o serve.Options, b serve.Browsers, printed string, err error) {
	var out strings.Builder
	f := flag.NewFlagSet("program", flag.ContinueOnError)
	f.SetOutput(&out)
	o.Define(f)
	b.Define(f, "ms2")
	err = serve.Parse(f, args, func() error { return o.Check() })
	return o, b, out.String(), err
}

func TestFlagsThatCannotWorkAreRefusedByName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ args, want string }{
		{"-drain -1s", "-drain -1s is not 0s to 10m0s"},
		{"-drain 1h", "-drain"},
		{"-patience 0s", "-patience"},
		{"-patience -1s -read-timeout 0s", "-read-timeout"},
		{"surplus", `program: "surplus" is no flag`},
		{"-drain 1s surplus -drain 2s", `"surplus" is no flag`},
		{"-drain soon", `program: -drain "soon" is no duration`},
		{"-drain 5", "unit, such as 500ms, 10s or 2m; -h lists the flags"},
		{"-drain", "needs an argument: -drain"},
		{"-none", "not defined: -none; -h lists the flags"},
		{"-origins http://x/path", "-origins"},
		{"-origins *", "-origins"},
		{"-origins http://*.x", "-origins"},
		{"-origins x.example", "-origins"},
		{"-ms2 x.example", "-ms2"},
		{"-links MS1", "-links"},
		{"-links MS1=http://a,MS1=http://b", "MS1 is there twice"},
	} {
		_, _, printed, err := parse(strings.Fields(c.args)...)
		if err == nil || !strings.Contains(printed, c.want) || serve.ExitCode(err) != 2 || !strings.HasSuffix(printed, "; -h lists the flags\n") {
			t.Errorf("%s: got %v, printed %s; want %s", c.args, err, printed, c.want)
		}
	}
}

func TestEachProblemOfACommandLineIsOneLine(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]int{"-drain 5": 1, "-none": 1, "surplus": 1, "-drain -1s -patience 0s -read-timeout 0s": 3} {
		_, _, printed, _ := parse(strings.Fields(args)...)
		if strings.Count(printed, "\n") != want || strings.Count(printed, "program: ") != want {
			t.Errorf("%s: got %s", args, printed)
		}
	}
}

func TestFlagsAreTaken(t *testing.T) {
	t.Parallel()
	const origins, kept = "http://a:1, https://b:443,http://c:80,http://d:443", "http://a:1,https://b,http://c,http://d:443"
	o, b, _, err := parse("-drain", "0s", "-origins", origins, "-ms2", "http://c:2/", "-links", "MS2=http://c:2")
	if err != nil || o.Drain != 0 || b.Origins.String() != kept || b.Other != "http://c:2" || len(b.Links) != 1 {
		t.Errorf("got %+v, %+v, %v", o, b, err)
	}
	if _, b, _, err := parse("-origins", "", "-ms2", "", "-links", ""); err != nil || len(b.Origins)+len(b.Links) > 0 || b.Other != "" {
		t.Errorf("empty: got %+v, %v", b, err)
	}
	if _, _, _, err := parse("-h"); !errors.Is(err, flag.ErrHelp) || serve.ExitCode(err) != 0 {
		t.Errorf("-h: got %v", err)
	}
}
