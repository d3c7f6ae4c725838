package main

import (
	"errors"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestItShowsTheWholeStory(t *testing.T) {
	cmd, temp := command(t, "-for", "5s")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	expectTable(t, string(out))
	expectNothingLeft(t, temp)
}

func TestItShowsTheSameThroughARealConsul(t *testing.T) {
	if testing.Short() {
		t.Skip("it may have to build Consul")
	}
	cmd, temp := command(t, "-for", "5s", "-consul=dev")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	expectTable(t, string(out))
	expectNothingLeft(t, temp)
}

func expectTable(t *testing.T, out string) {
	t.Helper()
	for _, want := range []string{
		`(?m)^health page: http://127\.0\.0\.1:[0-9]+/$`,
		`(?m)^orders posted +[1-9][0-9,]*  `,
		`(?m)^orders accepted and stored +[1-9]`,
		`(?m)^orders refused +[1-9]`,
		`(?m)^  by MS2 \(fresh\) +[1-9]`,
		`(?m)^wrong verdicts +0$`,
		`(?m)^failed checks +0$`,
		`(?m)^HTTP requests to MS2 +[1-9]`,
		`(?m)^time of an order +[0-9.]+ ms  p50; p99 [0-9.]+ ms$`,
		`(?m)^  replica 2, 127\.0\.0\.1:[0-9]+ +[1-9][0-9,]*  killed after 2\.\d s, back after [34]\.\d s$`,
		`(?m)^When replica 2 died, .*no check failed`,
	} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("lacks %s in\n%s", want, out)
		}
	}
}

func TestADeadConsulIsToldWithinSecondsAndNothingStarts(t *testing.T) {
	cmd, temp := command(t)
	cmd.Env = append(cmd.Env, "CONSUL_HTTP_ADDR=127.0.0.1:1")
	begin := time.Now()
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 || time.Since(begin) > 2*time.Second {
		t.Errorf("it ended with %v after %v", err, time.Since(begin))
	}
	for _, want := range []string{"CONSUL_HTTP_ADDR", "127.0.0.1:1", "-consul=off"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("lacks %q in %s", want, out)
		}
	}
	expectNothingLeft(t, temp)
}

func TestVariablesOfTheShellDoNotChangeTheShowAndAreTold(t *testing.T) {
	cmd, temp := command(t, "-for", "1s")
	cmd.Env = append(cmd.Env, "MS2_TIMEOUT=nonsense", "MS2_SERVICE=other")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), ": MS2_SERVICE, MS2_TIMEOUT\n") {
		t.Errorf("it ended with %v\n%s", err, out)
	}
	if regexp.MustCompile(`picked for 0 requests`).Match(out) {
		t.Errorf("a replica that had no time to be asked looks like a fault in\n%s", out)
	}
	expectNothingLeft(t, temp)
}

func TestBadFlagsAreRefusedInOneLine(t *testing.T) {
	nowhere := filepath.Join(t.TempDir(), "missing", "ways.svg")
	for args, want := range map[string]string{
		"-for 10ms":              "shorter than 1s",
		"-for soon":              "no duration",
		"-for 10":                "with its unit",
		"-browsers 0":            "-browsers 0",
		"surplus":                "no flag",
		"-open -for 5s":          "-open",
		"-serve -for 5s":         "until Ctrl-C",
		"-serve -browsers 5":     "traffic of its own",
		"-serve -ways":           "-serve",
		"-ways -plot " + nowhere: nowhere,
	} {
		cmd, temp := command(t, strings.Fields(args)...)
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 2 || !strings.Contains(string(out), want) || strings.Count(string(out), "\n") != 1 {
			t.Errorf("%q: %v\n%s", args, err, out)
		}
		expectNothingLeft(t, temp)
	}
}

func TestAMissingDirectoryForTemporaryFilesIsToldInWords(t *testing.T) {
	cmd, temp := command(t, "-for", "1s")
	missing := filepath.Join(temp, "missing")
	cmd.Env = append(cmd.Env, "TMPDIR="+missing)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(string(out), "TMPDIR") || !strings.Contains(string(out), missing) {
		t.Errorf("%v\n%s", err, out)
	}
}
