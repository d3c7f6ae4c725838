// Package repository runs git and other commands on the repository around the working directory.
package repository

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Repository is the root of the working tree.
type Repository string

// Open finds it.
func Open(ctx context.Context) (Repository, error) {
	root, err := Output(Command(ctx, ".", "git", "-c", "safe.directory=*", "rev-parse", "--show-toplevel"))
	return Repository(root), err
}

// Git runs git at the root, which may belong to somebody else: in containers, clones often do.
func (r Repository) Git(ctx context.Context, args ...string) (string, error) {
	return Output(Command(ctx, string(r), "git", append([]string{"-c", "safe.directory=*"}, args...)...))
}

// Subject returns the commit's short hash and the first line of its message.
func (r Repository) Subject(ctx context.Context, commit string) (string, error) {
	return r.Git(ctx, "log", "-1", "--format=%h (%s)", commit, "--")
}

// WithWorktree calls use while the commit is checked out in the directory. It removes the worktree even when ctx ends
// meanwhile: git keeps a note of each in the repository.
func (r Repository) WithWorktree(ctx context.Context, commit, dir string, use func() error) (err error) {
	defer func() {
		_, failed := r.Git(context.WithoutCancel(ctx), "worktree", "remove", "--force", dir)
		err = errors.Join(err, failed)
	}()
	if _, err := r.Git(ctx, "worktree", "add", "--quiet", "--detach", dir, commit); err != nil {
		return err
	}
	return use()
}

// Command prepares a command that is interrupted, not killed, when ctx ends: git and go then tidy up after themselves.
// It runs without a workspace: one around the repository would replace what the modules name.
func Command(ctx context.Context, dir, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), "GOWORK=off")
	cmd.Stderr = os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

// Output runs a command and returns what it prints, without the space around it.
func Output(cmd *exec.Cmd) (string, error) {
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w", strings.Join(cmd.Args, " "), err)
	}
	return strings.TrimSpace(string(out)), nil
}
