package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ms2.internal/lb/examples/sqlite"
)

// tables are one table of one row.
func tables(version int) sqlite.Tables {
	return sqlite.Tables{Application: 1, Version: version, Create: func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `CREATE TABLE one (value TEXT); INSERT INTO one VALUES ('kept')`)
		return err
	}}
}

func open(t *testing.T, path string, tables sqlite.Tables) error {
	t.Helper()
	db, err := sqlite.Open(t.Context(), path, 1, tables)
	if err != nil {
		return err
	}
	defer db.Close()
	var count int
	if err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM one WHERE value = 'kept'`).Scan(&count); err != nil || count != 1 {
		t.Errorf("%s: %d rows, %v", path, count, err)
	}
	return nil
}

func TestAFileIsMadeOnceAndOpenedAgain(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "with a ? and %.db")
	for range 2 {
		if err := open(t, path, tables(1)); err != nil {
			t.Error(err)
		}
	}
}

func TestAPathWithASlashTooManyIsAPath(t *testing.T) {
	t.Parallel()
	if err := open(t, "/"+filepath.Join(t.TempDir(), "one.db"), tables(1)); err != nil {
		t.Error(err)
	}
}

func TestAStartThatFailsLeavesNoTables(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "one.db")
	cut := errors.New("cut off")
	broken := tables(1)
	broken.Create = func(ctx context.Context, tx *sql.Tx) error { return errors.Join(tables(1).Create(ctx, tx), cut) }
	if err := open(t, path, broken); !errors.Is(err, cut) {
		t.Errorf("got %v", err)
	}
	if err := open(t, path, tables(1)); err != nil {
		t.Errorf("the next start: %v", err)
	}
}

func TestWhatCannotBeOpenedIsSaidInWords(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("no database, but long enough to look like one"), 0o600); err != nil {
		t.Fatal(err)
	}
	older := filepath.Join(dir, "older.db")
	if err := open(t, older, tables(1)); err != nil {
		t.Fatal(err)
	}
	others := tables(2)
	others.Application = 2
	foreign := filepath.Join(dir, "foreign.db")
	if err := open(t, foreign, others); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"":                                 "name a file",
		":memory:":                         "each connection would have",
		filepath.Join(dir, "no", "one.db"): "directory " + filepath.Join(dir, "no") + " is missing",
		filepath.Join(file, "one.db"):      file + " is no directory",
		file:                               "not a database",
		older:                              "not of version 2",
		foreign:                            "another program's",
	} {
		if err := open(t, path, tables(2)); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%q: got %v, want %q", path, err, want)
		}
	}
}
