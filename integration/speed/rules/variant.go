package main

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"strings"

	"ms2.internal/lb/integration/speed/internal/repository"
)

// variant is a rule to play.
type variant struct {
	name    string
	replace map[string]string // the text of files of the working tree, by their paths in it; "" for one that is gone
}

func variantsOf(ctx context.Context, repo repository.Repository, o options) (all []variant, err error) {
	if o.beside != "" {
		v, err := ofCommit(ctx, repo, o.beside)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	for _, change := range o.without {
		v, err := withConstant(string(repo), change)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

// The adapter between the simulation and balancers that know refusals, and what stands for it beside one that knows none.
const (
	refusal   = "balancer/simulate/refusal.go"
	noRefusal = "package simulate\n\nimport \"ms2.internal/lb/balancer\"\n\nconst refusal = balancer.Ignored\n"
)

// ofCommit has the balancer's files as they were, and none that came later.
func ofCommit(ctx context.Context, repo repository.Repository, commit string) (v variant, err error) {
	if v.name, err = repo.Subject(ctx, commit); err != nil {
		return v, err
	}
	v.replace = map[string]string{refusal: noRefusal}
	now, err := filepath.Glob(filepath.Join(string(repo), "balancer", "*.go"))
	for _, file := range now {
		v.replace["balancer/"+filepath.Base(file)] = ""
	}
	names, failed := repo.Git(ctx, "ls-tree", "--name-only", commit, "balancer/")
	if err = errors.Join(err, failed); err != nil {
		return v, err
	}
	for _, file := range strings.Fields(names) {
		if path.Ext(file) != ".go" {
			continue
		}
		if v.replace[file], err = repo.Git(ctx, "show", commit+":"+file); err != nil {
			return v, err
		}
		if strings.Contains(v.replace[file], "\tRefused\n") {
			delete(v.replace, refusal)
		}
	}
	return v, nil
}

// withConstant has a constant or variable of a file of the balancer, as in FILE:NAME=VALUE, replaced.
func withConstant(root, change string) (v variant, err error) {
	file, rest, ok := strings.Cut(change, ":")
	name, value, named := strings.Cut(rest, "=")
	if !ok || !named {
		return v, fmt.Errorf("%q is not FILE:NAME=VALUE", change)
	}
	inside := path.Join("balancer", file)
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(inside)))
	if err != nil {
		return v, err
	}
	changed, err := replaced(string(text), name, value)
	if err != nil {
		return v, fmt.Errorf("%s: %w", file, err)
	}
	return variant{change, map[string]string{inside: changed}}, nil
}

// replaced gives a name that is declared at the top level another value.
func replaced(text, name, value string) (string, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", text, parser.SkipObjectResolution)
	if err != nil {
		return "", err
	}
	at := valueOf(file, name)
	if at == nil {
		return "", fmt.Errorf("no constant or variable %s with a value", name)
	}
	from, to := fset.Position(at.Pos()).Offset, fset.Position(at.End()).Offset
	return text[:from] + value + text[to:], nil
}

// valueOf is the expression of a constant or variable; nil when there is none.
func valueOf(file *ast.File, name string) (found ast.Expr) {
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			for i, id := range spec.Names {
				if id.Name == name && i < len(spec.Values) {
					found = spec.Values[i]
				}
			}
		}
		_, function := n.(*ast.FuncDecl)
		return !function
	})
	return found
}
