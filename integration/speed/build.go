package main

import (
	"context"
	"embed"
	"io/fs"
	"os"
	"path/filepath"

	"ms2.internal/lb/integration/speed/internal/repository"
)

// sources is the probe, which both trees are built with as it is in the present one.
//
//go:embed probe/*.go
var sources embed.FS

// buildBoth builds the probe against both trees, in folders of the temporary directory. It also returns how to name the
// earlier commit. The worktree is gone at its return: the programs need it no more.
func buildBoth(ctx context.Context, commit, temp string) (p probes, beside string, err error) {
	repo, err := repository.Open(ctx)
	if err != nil {
		return p, "", err
	}
	if beside, err = repo.Subject(ctx, commit); err != nil {
		return p, "", err
	}
	if p[present], err = build(ctx, string(repo), filepath.Join(temp, "present")); err != nil {
		return p, "", err
	}
	tree := filepath.Join(temp, "tree")
	err = repo.WithWorktree(ctx, commit, tree, func() (err error) {
		p[earlier], err = build(ctx, tree, filepath.Join(temp, "earlier"))
		return err
	})
	return p, beside, err
}

// build makes a module of the probe in the directory, which must not exist, and returns the path of the program.
func build(ctx context.Context, tree, dir string) (string, error) {
	probe, err := fs.Sub(sources, "probe")
	if err != nil {
		return "", err
	}
	if err := os.CopyFS(dir, probe); err != nil {
		return "", err
	}
	if err := require(ctx, dir, tree); err != nil {
		return "", err
	}
	program := filepath.Join(dir, "probe.exe") // the suffix hurts nowhere
	_, err = repository.Output(repository.Command(ctx, dir, "go", "build", "-trimpath", "-o", program, "."))
	return program, err
}

// require lets the module in the directory use the tree, and what the tree requires in the same versions. It reaches the
// tree by a link beside it: a path in the program that differs in length would move the code, which alone can change a
// figure by a percent.
func require(ctx context.Context, dir, tree string) error {
	for _, file := range []string{"go.mod", "go.sum"} {
		if err := copyFile(filepath.Join(dir, file), filepath.Join(tree, file), 0o600); err != nil {
			return err
		}
	}
	if err := os.Symlink(tree, filepath.Join(dir, "tree")); err != nil {
		return err
	}
	const library = "ms2.internal/lb"
	_, err := repository.Output(repository.Command(ctx, dir, "go", "mod", "edit",
		"-module="+library+"/probe", "-require="+library+"@v0.0.0", "-replace="+library+"=./tree"))
	return err
}

func copyFile(to, from string, mode os.FileMode) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, mode)
}
