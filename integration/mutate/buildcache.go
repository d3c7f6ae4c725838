package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
)

// buildCache is a cache of the go command that begins as a copy of the user's and forgets each mutant. A mutant adds up to
// 10 MB, so in the user's cache a long run would leave gigabytes that nothing reads again.
type buildCache struct {
	dir  string
	kept map[string]bool // paths of the copy
}

// newBuildCache makes the copy in dir. It consists of hard links: the go command writes into an entry only what the entry
// must hold, so the user's entries stay good.
func newBuildCache(ctx context.Context, dir string) (*buildCache, error) {
	users, err := goCommand(ctx, "", "env", "GOCACHE").Output()
	if err != nil {
		return nil, err
	}
	folders, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(users)), "??"))
	c := &buildCache{dir: dir, kept: make(map[string]bool)}
	for _, folder := range folders {
		if err := c.copy(folder); err != nil {
			return nil, err
		}
	}
	return c, err
}

// copy leaves out what cannot be linked, as between two disks. The go command then builds it once more.
func (c *buildCache) copy(folder string) error {
	to := filepath.Join(c.dir, filepath.Base(folder))
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	entries, err := os.ReadDir(folder)
	for _, e := range entries {
		copied := filepath.Join(to, e.Name())
		if os.Link(filepath.Join(folder, e.Name()), copied) == nil {
			c.kept[copied] = true
		}
	}
	return err
}

// sweep removes what was added to the copy. No build may run on it.
func (c *buildCache) sweep() {
	entries, _ := filepath.Glob(filepath.Join(c.dir, "??", "*")) // errors only for a bad pattern
	for _, entry := range entries {
		if !c.kept[entry] {
			os.Remove(entry)
		}
	}
}
