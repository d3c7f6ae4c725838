package service

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestACommandLineThatCannotWorkEndsWith2(t *testing.T) {
	for _, args := range [][]string{ // it prints why
		{"surplus", "-listen", "127.0.0.1:1"},
		{"-db", ""},
		{"-db", ":memory:"},
		{"-drain", "-1s"},
		{"-patience", "0s"},
		{"-origins", "here"},
		{"-ms2", "here"},
		{"-no-such-flag"},
	} {
		if code := Main(append([]string{"-health", "127.0.0.1:1"}, args...)); code != 2 {
			t.Errorf("%q: ended with %d", args, code)
		}
	}
	if code := Main([]string{"-h"}); code != 0 {
		t.Errorf("-h ended with %d", code)
	}
}

func TestTheDirectoryOfTheDatabaseIsNamedWhenItIsMissing(t *testing.T) {
	t.Setenv("MS2_ENDPOINTS", "127.0.0.1:1")
	o := newOptions(t)
	dir := filepath.Join(t.TempDir(), "missing")
	o.db = filepath.Join(dir, "ms1.db")
	if err := run(t.Context(), o, SDK, discard); err == nil || !strings.Contains(err.Error(), "the directory "+dir+" is missing") {
		t.Errorf("got %v", err)
	}
}

// ended runs the service, with a command line or an environment that it can't serve with, and returns what it prints.
func ended(t *testing.T, environment []string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(environment, asService+"=1")
	var out, log strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &log
	_ = cmd.Run() // the code says how it ended
	return out.String(), log.String(), cmd.ProcessState.ExitCode()
}

func TestTheHelpCanBeReadThroughAPipe(t *testing.T) {
	t.Parallel()
	stdout, stderr, code := ended(t, nil, "-h")
	if code != 0 || stderr != "" || !strings.HasPrefix(stdout, "Usage: ms1 [flags]\n") || !strings.Contains(stdout, "\n  -audience name\n") {
		t.Errorf("ended with %d, printed %s and %s", code, stdout, stderr)
	}
}

func TestEachBadVariableHasALine(t *testing.T) {
	t.Parallel()
	_, log, code := ended(t, []string{"MS2_TIMEOUT=soon", "MS2_PROTOCOL=none"}, "-db", filepath.Join(t.TempDir(), "ms1.db"))
	lines := strings.Split(strings.TrimSpace(log), "\n")
	if code != 1 || len(lines) != 2 || strings.Contains(log, `\n`) {
		t.Fatalf("ended with %d and said\n%s", code, log)
	}
	for i, name := range []string{"MS2_PROTOCOL", "MS2_TIMEOUT"} {
		if !strings.Contains(log, "problem=\""+name) {
			t.Errorf("line %d: got %s, want one that names %s", i, lines[i], name)
		}
	}
}
