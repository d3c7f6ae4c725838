package main

import (
	"fmt"
	"slices"
	"testing"
)

func TestADirectoryApartIsAStepOfItsOwn(t *testing.T) {
	t.Parallel()
	repo := &repository{files: []string{
		"go.mod", "sdk/client.go", "balancer/pick.go", "balancer/simulate/play.go",
		"integration/go.mod", "integration/fleet/doc.go", "integration/registry/doc.go",
		"integration/openapi/go.mod", "integration/openapi/doc.go",
	}}
	repo.modules = findModules(repo.files)
	var got []string
	for _, m := range repo.modules {
		for _, s := range repo.tests(m) {
			got = append(got, fmt.Sprint(s.name, " ", s.lane))
		}
	}
	want := []string{
		"test root 0", "test balancer/simulate 0", "test root, the whole 0", "test integration 1", "test integration/fleet 2", "test integration/openapi 0",
	}
	if !slices.Equal(got, want) {
		t.Errorf("steps and lanes = %q, want %q", got, want)
	}
}

func TestPackagesAreThoseOfTheInnermostModule(t *testing.T) {
	t.Parallel()
	repo := &repository{files: []string{
		"go.mod", "sdk/client.go", "sdk/client_test.go", "sdk/testdata/input.go", "sdk/openapi.yaml", "tools/go.mod", "tools/main.go",
	}}
	repo.modules = findModules(repo.files)
	root, tools := repo.packageDirs(module{dir: "."}), repo.packageDirs(module{dir: "tools"})
	if !slices.Equal(root, []string{"sdk"}) || !slices.Equal(tools, []string{"tools"}) {
		t.Errorf("packages = %q and %q", root, tools)
	}
}

func TestAPackageIsNamedAsFromItsModule(t *testing.T) {
	t.Parallel()
	for dir, want := range map[string]string{".": "./sdk", "sdk": "./"} {
		if got := (module{dir: dir}).inside("sdk"); got != want {
			t.Errorf("sdk inside %s is %q, want %q", dir, got, want)
		}
	}
}

// What is apart or in part has to be there, or it would be tested together with the rest, or once, and nobody would see it.
func TestWhatRunsInItsOwnWayExists(t *testing.T) {
	t.Parallel()
	repo, err := openRepository(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var steps, dirs []string
	for _, m := range withPackages(repo.modules) {
		steps, dirs = append(steps, names(repo.tests(m))...), append(dirs, repo.packageDirs(m)...)
	}
	for _, dir := range inPart {
		if !slices.Contains(dirs, dir) {
			t.Errorf("no package in %s", dir)
		}
	}
	for _, run := range apart {
		if !slices.Contains(steps, "test "+run.dir) {
			t.Errorf("no step tests %s: %q", run.dir, steps)
		}
	}
}
