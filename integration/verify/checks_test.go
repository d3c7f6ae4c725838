package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestStrangersAtTop(t *testing.T) {
	t.Parallel()
	got := strangersAtTop([]string{".gitignore", ".ci/run", "README.md", "sdk/client.go", "misc/a.go", "misc/b.go", "notes.txt"})
	if want := []string{"misc", "notes.txt"}; !slices.Equal(got, want) {
		t.Errorf("strangers = %q, want %q", got, want)
	}
}

func TestArrowsSeeEveryUnwantedDependency(t *testing.T) {
	t.Parallel()
	arrow := arrow{from: "balancer", not: []string{"net/http", "consul"}}
	got := arrow.unwanted([]string{"net", "net/http", "net/http/internal", "github.com/hashicorp/consul/api", "net/netip"})
	want := []string{"net/http", "net/http/internal", "github.com/hashicorp/consul/api"}
	if !slices.Equal(got, want) {
		t.Errorf("unwanted = %q, want %q", got, want)
	}
}

func TestARoomMustNotDependOnOneBeforeIt(t *testing.T) {
	t.Parallel()
	arrows := arrowsBetweenRooms()
	attempt := arrows[slices.IndexFunc(arrows, func(a arrow) bool { return a.from == "sdk/internal/attempt" })]
	got := attempt.unwanted([]string{
		"ms2.internal/lb/sdk/internal/attempt", "ms2.internal/lb/sdk/internal/transport", "ms2.internal/lb/sdk/internal/cache",
		"ms2.internal/lb/sdk/internal/delivery", "ms2.internal/lb/sdk/internal/flight",
	})
	if want := []string{"ms2.internal/lb/sdk/internal/delivery", "ms2.internal/lb/sdk/internal/flight"}; !slices.Equal(got, want) {
		t.Errorf("unwanted = %q, want %q", got, want)
	}
}

func TestFormatNamesTheFilesThatGofmtWouldChange(t *testing.T) {
	t.Parallel()
	repo := &repository{root: t.TempDir(), files: []string{"good.go", "bad.go", "broken.go", "testdata/bad.go", "bad.txt"}}
	write(t, repo, "good.go", "package a\n\nvar x = 1\n")
	write(t, repo, "bad.go", "package a\n\nvar x=1\n")
	write(t, repo, "broken.go", "package\n")
	var out strings.Builder
	if err := repo.checkFormat(t.Context(), &out); err == nil {
		t.Error("no error")
	}
	if want := "bad.go\nbroken.go\n"; out.String() != want {
		t.Errorf("named %q, want %q", out.String(), want)
	}
}

func write(t *testing.T, repo *repository, file, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(repo.root, file), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
