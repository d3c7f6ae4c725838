package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// repository is the working tree that is verified.
type repository struct {
	root    string
	files   []string // from the root, with slashes: what git knows or would take, and what is there
	modules []module
}

// openRepository finds the tree around the working directory.
func openRepository(ctx context.Context) (*repository, error) {
	root, err := git(ctx, ".", "rev-parse", "--show-toplevel")
	if err != nil {
		return nil, err
	}
	repo := &repository{root: strings.TrimSpace(root)}
	listed, err := git(ctx, repo.root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	if err != nil {
		return nil, err
	}
	for file := range strings.SplitSeq(strings.TrimSuffix(listed, "\x00"), "\x00") {
		if _, err := os.Stat(repo.path(file)); err == nil { // git lists deleted ones too
			repo.files = append(repo.files, file)
		}
	}
	repo.modules = findModules(repo.files)
	return repo, nil
}

// git runs git in a directory, which may belong to somebody else: in containers, clones often do.
func git(ctx context.Context, dir string, args ...string) (string, error) {
	args = append([]string{"-C", dir, "-c", "safe.directory=*"}, args...)
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w", cmd, err)
	}
	return string(out), nil
}

func (r *repository) path(file string) string { return filepath.Join(r.root, filepath.FromSlash(file)) }

// inModule is a step that runs a command in the module's directory.
func (r *repository) inModule(m module, name string, args ...string) func(context.Context, io.Writer) error {
	return func(ctx context.Context, out io.Writer) error {
		return r.command(ctx, out, m.dir, name, args...).Run()
	}
}

// compiledOnce are modules with so many dependencies that static checks read them as compiled for the race detector, which
// the tests need anyway. They have no file that is left out with it.
var compiledOnce = []string{"examples", "integration/browser", "integration/peers"}

// goFlags are the user's, and some that leave out most of what there would be to compile: by the tag, go-zero, one of the
// measured peers, comes without its Kubernetes client; and nothing is inlined in the OpenAPI validator, each of whose
// packages instantiates the same generic types. SQLite, which is C turned into Go, goes without the race detector: under it
// a replica of the examples takes ten times as long to fill its database.
func goFlags(dir string) string {
	const dear = " -tags=no_k8s -gcflags=github.com/pb33f/...=-l -gcflags=modernc.org/...=-race=false"
	flags := strings.TrimSpace(os.Getenv("GOFLAGS") + dear)
	if slices.Contains(compiledOnce, dir) {
		return flags + " -race"
	}
	return flags
}

// goRace is the user's, and has no process wait for a second before it exits: tests wait for their goroutines themselves.
func goRace() string { return strings.TrimSpace(os.Getenv("GORACE") + " atexit_sleep_ms=0") }

// command is a command to run in a directory of the repository. What it prints goes to out as it comes. It runs without a
// workspace: one around the repository would hide what is missing in it.
func (r *repository) command(ctx context.Context, out io.Writer, dir, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = r.path(dir)
	cmd.Env = append(cmd.Environ(), "GOWORK=off", "GOFLAGS="+goFlags(dir), "GORACE="+goRace())
	cmd.Stdout, cmd.Stderr = out, out
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 15 * time.Second
	return cmd
}
