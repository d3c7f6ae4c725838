package main

import (
	"context"
	"io"
	"path/filepath"
)

// linter is staticcheck in the version that the module integration/lint pins, built when it is first needed.
type linter struct {
	repo   *repository
	temp   string // directory for the binary
	binary string // "" until built
}

// check is a step that lints a module.
func (l *linter) check(m module) func(context.Context, io.Writer) error {
	return func(ctx context.Context, out io.Writer) error {
		if err := l.build(ctx, out); err != nil {
			return err
		}
		return l.repo.command(ctx, out, m.dir, l.binary, "./...").Run()
	}
}

func (l *linter) build(ctx context.Context, out io.Writer) error {
	if l.binary != "" {
		return nil
	}
	binary := filepath.Join(l.temp, "staticcheck.exe") // the suffix hurts nowhere
	const staticcheck = "honnef.co/go/tools/cmd/staticcheck"
	err := l.repo.command(ctx, out, "integration/lint", "go", "build", "-o", binary, staticcheck).Run()
	if err == nil {
		l.binary = binary
	}
	return err
}
