package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestBuildCacheForgetsWhatWasAddedAndLeavesTheUsers(t *testing.T) {
	users := t.TempDir()
	t.Setenv("GOCACHE", users)
	entry := filepath.Join("ab", "abc-d")
	put(t, filepath.Join(users, entry))
	c, err := newBuildCache(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	added := filepath.Join(c.dir, "ab", "abd-d")
	put(t, added)
	c.sweep()
	if _, err := os.Stat(filepath.Join(c.dir, entry)); err != nil {
		t.Error("the copy lost an entry:", err)
	}
	if _, err := os.Stat(added); err == nil {
		t.Error("what was added is still there")
	}
	os.RemoveAll(c.dir)
	if _, err := os.Stat(filepath.Join(users, entry)); err != nil {
		t.Error("the user's cache lost an entry:", err)
	}
}

func put(t *testing.T, file string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("entry"), 0o600); err != nil {
		t.Fatal(err)
	}
}
