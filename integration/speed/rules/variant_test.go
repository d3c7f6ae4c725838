package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ms2.internal/lb/integration/speed/internal/repository"
)

const text = `package balancer

// haste is how many times as fast.
const haste = 5

var (
	a, b = f(1, 2), "x"
	none int
)

func g() { const inner = 1 }
`

func TestAConstantOrVariableGetsAnotherValueAndNothingElseChanges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, from, to string }{
		{"haste", "haste = 5", "haste = 7 * 2"},
		{"a", "f(1, 2)", "7 * 2"},
		{"b", `"x"`, "7 * 2"},
	} {
		got, err := replaced(text, c.name, "7 * 2")
		if want := strings.Replace(text, c.from, c.to, 1); err != nil || got != want {
			t.Errorf("%s: %v\n%s", c.name, err, got)
		}
	}
	for _, name := range []string{"none", "inner", "absent"} {
		if _, err := replaced(text, name, "1"); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestAChangeThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	for _, change := range []string{"", "load.go", "load.go:haste", "haste=1", "absent.go:haste=1"} {
		if v, err := withConstant(t.TempDir(), change); err == nil {
			t.Errorf("%q: %v", change, v)
		}
	}
}

// An earlier commit has one file changed, one that is gone, and lacks one that came later.
func TestACommitsFilesTakeThePlaceOfTheWorkingTrees(t *testing.T) {
	t.Parallel()
	repo := repository.Repository(t.TempDir())
	git := func(args ...string) {
		if _, err := repo.Git(t.Context(), args...); err != nil {
			t.Fatal(err)
		}
	}
	put := func(file, text string) {
		if err := os.WriteFile(filepath.Join(string(repo), "balancer", file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(string(repo), "balancer", "simulate"), 0o700); err != nil {
		t.Fatal(err)
	}
	git("init", "--quiet")
	put("gone.go", "package balancer")
	put("same.go", "package balancer // before")
	put("simulate/other.go", "package simulate")
	git("add", ".")
	git("-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "--quiet", "-m", "first")
	put("same.go", "package balancer // now")
	put("later.go", "package balancer")
	if err := os.Remove(filepath.Join(string(repo), "balancer", "gone.go")); err != nil {
		t.Fatal(err)
	}
	v, err := ofCommit(t.Context(), repo, "HEAD")
	want := map[string]string{
		"balancer/gone.go":  "package balancer",
		"balancer/same.go":  "package balancer // before",
		"balancer/later.go": "",
		refusal:             noRefusal,
	}
	if err != nil || len(v.replace) != len(want) {
		t.Fatalf("%v, %v", v.replace, err)
	}
	for file, text := range want {
		if got := v.replace[file]; got != text {
			t.Errorf("%s: %q, want %q", file, got, text)
		}
	}
}
