package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// binary is the quickstart as GOFLAGS has it built: integration/verify adds the race detector there, but for SQLite.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "quickstart-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	binary = filepath.Join(dir, "quickstart.exe")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building the quickstart: %v\n%s", err, out)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(dir) // at worst the directory stays
	os.Exit(code)
}

// command is the quickstart with a directory of its own for temporary files, and no Consul of the environment's.
func command(t *testing.T, args ...string) (cmd *exec.Cmd, temp string) {
	t.Helper()
	temp = t.TempDir()
	cmd = exec.CommandContext(t.Context(), binary, args...)
	cmd.Env = append(os.Environ(), "TMPDIR="+temp, "CONSUL_HTTP_ADDR=")
	return cmd, temp
}

// expectNothingLeft fails the test when a process of the quickstart is still there, or a file.
func expectNothingLeft(t *testing.T, temp string) {
	t.Helper()
	if left := processes(t); len(left) > 0 {
		t.Errorf("processes left behind: %q", left)
	}
	files, err := os.ReadDir(temp)
	if err != nil || len(files) > 0 {
		t.Errorf("files left behind: %v, %v", files, err)
	}
}

// processes are the command lines of all processes of the binary; none on systems that don't tell.
func processes(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, file := range files {
		line, err := os.ReadFile(file)
		if err == nil && bytes.HasPrefix(line, []byte(binary+"\x00")) { // an error: gone meanwhile
			found = append(found, string(bytes.ReplaceAll(line, []byte{0}, []byte{' '})))
		}
	}
	return found
}

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
		`(?m)^orders posted +[1-9][0-9,]*  `,
		`(?m)^orders accepted and stored +[1-9]`,
		`(?m)^orders refused +[1-9]`,
		`(?m)^  answered by MS2 \(fresh\) +[1-9]`,
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

// startAndAwait starts the quickstart and returns when the browsers order.
func startAndAwait(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("it does not get ready: %v", err)
		}
		if strings.Contains(line, " orders ") {
			go io.Copy(io.Discard, lines) //nolint:errcheck // it ends with the process
			return
		}
	}
}

func TestAnInterruptLeavesNothingBehind(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a process can't be interrupted there")
	}
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		cmd, temp := command(t, "-for", "1m")
		startAndAwait(t, cmd)
		if err := cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
		var exit *exec.ExitError
		if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != interrupted {
			t.Errorf("%v: it ended with %v", s, err)
		}
		expectNothingLeft(t, temp)
	}
}

func TestNoProcessOutlivesTheKilledQuickstart(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux ties a child's life to its parent's")
	}
	cmd, _ := command(t, "-for", "1m")
	startAndAwait(t, cmd)
	if got := len(processes(t)); got != 5 {
		t.Errorf("%d processes, want the quickstart, three replicas and MS1", got)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	limit := time.After(10 * time.Second)
	for len(processes(t)) > 0 {
		select {
		case <-ticker.C:
		case <-limit:
			t.Fatalf("left behind: %q", processes(t))
		}
	}
}

func TestBadFlagsAreRefused(t *testing.T) {
	for _, args := range [][]string{{"-for", "10ms"}, {"-browsers", "0"}, {"surplus"}, {"-for", "soon"}} {
		cmd, _ := command(t, args...)
		var exit *exec.ExitError
		if out, err := cmd.CombinedOutput(); !errors.As(err, &exit) || exit.ExitCode() != 2 {
			t.Errorf("%q: %v\n%s", args, err, out)
		}
	}
}
