package main

import (
	"slices"
	"testing"
)

func TestFindModules(t *testing.T) {
	t.Parallel()
	got := findModules([]string{
		".ci/run", "README.md",
		"go.mod", "sdk/client.go", "sdk/testdata/broken/go.mod",
		"examples/go.mod", "examples/quickstart/main.go",
		"tools/go.mod", "tools/testdata/input.go", "tools/_old/main.go",
	})
	want := []module{
		{dir: ".", hasPackages: true},
		{dir: "examples", hasPackages: true},
		{dir: "tools", hasPackages: false},
	}
	if !slices.Equal(got, want) {
		t.Errorf("modules = %+v, want %+v", got, want)
	}
}

func TestFileBelongsToTheInnermostModule(t *testing.T) {
	t.Parallel()
	got := findModules([]string{"go.mod", "sdk/health/otel/go.mod", "sdk/health/otel/export.go"})
	want := []module{{dir: "."}, {dir: "sdk/health/otel", hasPackages: true}}
	if !slices.Equal(got, want) {
		t.Errorf("modules = %+v, want %+v", got, want)
	}
}

func TestModulesWithoutPackagesAreTold(t *testing.T) {
	t.Parallel()
	notes := withoutPackages([]module{{dir: ".", hasPackages: true}, {dir: "lint"}})
	if want := []string{"lint has no packages of its own: only checked for tidiness"}; !slices.Equal(notes, want) {
		t.Errorf("notes = %q, want %q", notes, want)
	}
}
