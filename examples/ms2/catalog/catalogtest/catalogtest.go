// Package catalogtest gives tests a filled catalog of their own.
package catalogtest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"ms2.internal/lb/examples/ms2/catalog"
)

// Path is where a catalog is as it is after the first start. It goes when the test ends.
func Path(t testing.TB) string {
	t.Helper()
	file, err := filled()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "ms2.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Open opens such a catalog. It is closed when the test ends.
func Open(t testing.TB) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Open(t.Context(), Path(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// filled is the file, made once: under the race detector that takes seconds.
var filled = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "catalog")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "a ?#% name.db")
	c, err := catalog.Open(context.Background(), path)
	if err != nil {
		return nil, err
	}
	if err := c.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})
