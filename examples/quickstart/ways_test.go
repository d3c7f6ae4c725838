package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// What a way costs is nothing that one round could tell: those targets are not judged, and the exit code is 0 all the same.
func TestItMeasuresEveryWayAndJudgesEveryVerdict(t *testing.T) {
	plot := filepath.Join(t.TempDir(), "ways.svg")
	cmd, temp := command(t, "-ways", "-rounds", "1", "-slot", "400ms", "-plot", plot)
	text, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for _, want := range []string{
		`(?m)^\(0\) .* 0 +– +[0-9.]+ +[0-9.]+ +[1-9][0-9.]* `,
		`(?m)^\(a\) .* [1-9]\.[0-9]+ +– +[0-9.]+ `,
		`(?m)^\(b\) .* [1-9]\.[0-9]+ +– +[0-9.]+ `,
		`(?m)^\(c\) .* [01]\.[0-9]+ +– +[0-9.]+ `,
		`(?m)^\(d1\) .* 0 +– +[0-9.]+ `,
		`(?m)^\(d2\) .* 0 +– +[0-9.]+ `,
		`(?m)^\(e1\) .* 0 +[1-9]\.[0-9]+ +[0-9.]+ `,
		`(?m)^\(e2\) .* 0 +[0-9.]+ +[0-9.]+ `,
		`(?m)^a SID changed after MS2 signed: 20 of 20 such orders refused`,
		`(?m)^all of MS2 killed, \(d2\) goes on: 20 of 20 orders answered rightly`,
		`(?m)^met +0, at most 0 +B2B requests from MS1 to MS2 of d1`,
		`(?m)^met +0, at most 0 +B2B requests from MS1 to MS2 of d2`,
		`(?m)^met +0, at most 0 +B2B requests from MS1 to MS2 of e1`,
		`(?m)^met +0, at most 0 +B2B requests from MS1 to MS2 of e2`,
		`(?m)^– +[0-9.-]+, at most 0.200 +B2B .*too few rounds to judge`,
		`(?m)^met +0, at most 0 +wrong verdicts`,
		`(?m)^met +0, at most 0 +orders without an answer`,
	} {
		if !regexp.MustCompile(want).Match(text) {
			t.Errorf("lacks %s in\n%s", want, text)
		}
	}
	if picture, err := os.ReadFile(plot); err != nil || !strings.HasPrefix(string(picture), "<svg ") {
		t.Errorf("the picture: %v, %.40q", err, picture)
	}
	expectNothingLeft(t, temp)
}

func TestAnInterruptedComparisonLeavesNothingBehind(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a process can't be interrupted there")
	}
	cmd, temp := command(t, "-ways")
	startAndAwait(t, cmd)
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != interrupted {
		t.Errorf("it ended with %v", err)
	}
	expectNothingLeft(t, temp)
}
