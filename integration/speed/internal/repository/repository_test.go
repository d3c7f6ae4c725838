package repository

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// committed makes a repository of one commit, which holds a file.
func committed(t *testing.T) Repository {
	t.Helper()
	repo := Repository(t.TempDir())
	if err := os.WriteFile(filepath.Join(string(repo), "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"init", "--quiet"},
		{"add", "file"},
		{"-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "--quiet", "-m", "first"},
	} {
		if _, err := repo.Git(t.Context(), args...); err != nil {
			t.Fatal(err)
		}
	}
	return repo
}

func TestAWorktreeIsRemovedEvenAfterAnInterrupt(t *testing.T) {
	t.Parallel()
	repo, tree := committed(t), filepath.Join(t.TempDir(), "tree")
	ctx, interrupt := context.WithCancel(t.Context())
	err := repo.WithWorktree(ctx, "HEAD", tree, func() error {
		interrupt()
		_, err := os.Stat(filepath.Join(tree, "file"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(tree); !os.IsNotExist(err) {
		t.Error("the folder is left:", err)
	}
	if list, err := repo.Git(t.Context(), "worktree", "list"); err != nil || strings.Count(list, "\n") > 0 {
		t.Errorf("git still knows of it: %s, %v", list, err)
	}
}

func TestAnUnknownCommitIsAnError(t *testing.T) {
	t.Parallel()
	repo := committed(t)
	if beside, err := repo.Subject(t.Context(), "HEAD"); err != nil || !strings.HasSuffix(beside, "(first)") {
		t.Error(beside, err)
	}
	if _, err := repo.Subject(t.Context(), "no-such"); err == nil {
		t.Error("no error")
	}
}
