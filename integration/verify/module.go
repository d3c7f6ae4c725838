package main

import (
	"path"
	"slices"
	"strings"
)

// module is one Go module of the repository.
type module struct {
	dir         string // from the root, with slashes; "." is the root module's
	hasPackages bool   // false for a module that only pins tools
}

func (m module) name() string {
	if m.dir == "." {
		return "root"
	}
	return m.dir
}

// findModules finds every module among the files of the repository, the root's first.
func findModules(files []string) []module {
	var modules []module
	for _, file := range files {
		if path.Base(file) == "go.mod" && !isTestdata(file) {
			modules = append(modules, module{dir: path.Dir(file)})
		}
	}
	slices.SortFunc(modules, func(a, b module) int { return strings.Compare(a.dir, b.dir) })
	for _, file := range files {
		if owner := ownerOf(modules, file); owner >= 0 && isGoSource(file) {
			modules[owner].hasPackages = true
		}
	}
	return modules
}

// ownerOf is the index of the innermost module that the file lies in, -1 when none.
func ownerOf(modules []module, file string) int {
	for dir := path.Dir(file); ; dir = path.Dir(dir) {
		owner := slices.IndexFunc(modules, func(m module) bool { return m.dir == dir })
		if owner >= 0 || dir == "." {
			return owner
		}
	}
}

// isGoSource tells whether the go command takes the file for part of a package.
func isGoSource(file string) bool {
	ignored := func(name string) bool { return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") }
	return path.Ext(file) == ".go" && !isTestdata(file) && !slices.ContainsFunc(strings.Split(file, "/"), ignored)
}

func isTestdata(file string) bool { return slices.Contains(strings.Split(file, "/"), "testdata") }

func withPackages(modules []module) []module {
	return slices.DeleteFunc(slices.Clone(modules), func(m module) bool { return !m.hasPackages })
}

// withoutPackages says of which modules there is nothing to vet or test.
func withoutPackages(modules []module) []string {
	var notes []string
	for _, m := range modules {
		if !m.hasPackages {
			notes = append(notes, m.name()+" has no packages of its own: only checked for tidiness")
		}
	}
	return notes
}
