package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
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

// processes are the command lines of all processes of the binary by their IDs; none on systems that don't tell.
func processes(t *testing.T) map[int]string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	found := map[int]string{}
	for _, file := range files {
		line, err := os.ReadFile(file)
		if err != nil || !bytes.HasPrefix(line, []byte(binary+"\x00")) { // an error: gone meanwhile
			continue
		}
		id, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err != nil {
			t.Fatal(err)
		}
		found[id] = string(bytes.ReplaceAll(line, []byte{0}, []byte{' '}))
	}
	return found
}

// printout is what a quickstart prints.
type printout struct {
	pipe  io.ReadCloser
	lines *bufio.Reader
}

func start(t *testing.T, cmd *exec.Cmd) *printout {
	t.Helper()
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return &printout{pipe, bufio.NewReader(pipe)}
}

// await returns what is printed up to a line that contains a text.
func (p *printout) await(t *testing.T, text string) string {
	t.Helper()
	var all strings.Builder
	for {
		line, err := p.lines.ReadString('\n')
		all.WriteString(line)
		if err != nil {
			t.Fatalf("it does not print %q: %v\n%s", text, err, &all)
		}
		if strings.Contains(line, text) {
			return all.String()
		}
	}
}

// discard reads whatever else is printed, until the process ends.
func (p *printout) discard() {
	go io.Copy(io.Discard, p.lines) //nolint:errcheck // it ends with the process
}

// startAndAwait starts the quickstart and returns when the browsers order.
func startAndAwait(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	output := start(t, cmd)
	output.await(t, " orders ")
	output.discard()
}

// eventually waits until done.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	limit := time.After(10 * time.Second)
	for !done() {
		select {
		case <-ticker.C:
		case <-limit:
			t.Fatalf("not even after 10s: %s", what)
		}
	}
}
