package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// source is one Go file of the package to change.
type source struct {
	file   string // absolute
	path   string // from the root of the module, with slashes
	text   []byte
	fset   *token.FileSet
	syntax *ast.File
}

// findRoot finds the root of the repository around the working directory.
func findRoot(ctx context.Context) (string, error) {
	cmd := exec.CommandContext(ctx, "git", "-c", "safe.directory=*", "rev-parse", "--show-toplevel")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	return strings.TrimSpace(string(out)), err
}

// goCommand is a go command to run in a directory. It runs without a workspace: one around the repository would change
// what is built.
func goCommand(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), "GOWORK=off")
	killWhole(cmd)
	return cmd
}

// sources reads the files of a package that this machine builds, without tests and without generated files.
func sources(ctx context.Context, root, pkg string) ([]*source, error) {
	dir, names, err := list(ctx, root, pkg)
	if err != nil {
		return nil, err
	}
	var all []*source
	for _, name := range names {
		s, err := parse(root, filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		if !ast.IsGenerated(s.syntax) {
			all = append(all, s)
		}
	}
	return all, nil
}

// list returns the directory of a package and the names of its files.
func list(ctx context.Context, root, pkg string) (dir string, names []string, err error) {
	out, err := goCommand(ctx, root, "list", "-json=Dir,GoFiles", "--", pkg).Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return "", nil, fmt.Errorf("go list: %s", exit.Stderr)
	}
	if err != nil {
		return "", nil, err
	}
	var found struct {
		Dir     string
		GoFiles []string
	}
	if err := json.Unmarshal(out, &found); err != nil {
		return "", nil, fmt.Errorf("%s is not exactly one package: %w", pkg, err)
	}
	return found.Dir, found.GoFiles, nil
}

func parse(root, file string) (*source, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	path, err := filepath.Rel(root, file)
	if err != nil {
		return nil, err
	}
	s := &source{file: file, path: filepath.ToSlash(path), text: text, fset: token.NewFileSet()}
	s.syntax, err = parser.ParseFile(s.fset, file, text, parser.ParseComments|parser.SkipObjectResolution)
	return s, err
}

// mutantsOf lists the mutants of the files whose name matches; a nil pattern matches all.
func mutantsOf(all []*source, names *regexp.Regexp) []mutant {
	var found []mutant
	for _, s := range all {
		if names == nil || names.MatchString(filepath.Base(s.file)) {
			found = append(found, s.mutants()...)
		}
	}
	return found
}
