// Package sqlite opens the SQLite files of the examples, each made with its tables when it is not there.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the driver, in pure Go
)

// Tables are those of one database.
type Tables struct {
	// Application tells the files of one program from those of others, as SQLite's application_id: 1 or more.
	Application int32

	// Version tells files apart that were made with other tables: 1 or more.
	Version int

	// Create makes and fills the tables in a new file. It runs in one transaction, so that a start that was cut off leaves none.
	Create func(context.Context, *sql.Tx) error
}

// Open opens a file with so many connections at most. The error names the file, and what is wrong with its directory or its
// tables. Close the database when done.
func Open(ctx context.Context, path string, connections int, tables Tables) (*sql.DB, error) {
	if err := CheckPath(path); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", source(path))
	if err != nil {
		return nil, fmt.Errorf("database %s: %w", path, err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	if err := tables.ensure(ctx, db); err != nil {
		_ = db.Close() // what went wrong before matters more
		if dir := checkDirectory(path); dir != nil {
			err = fmt.Errorf("%w (%w)", dir, err)
		}
		return nil, fmt.Errorf("database %s: %w", path, err)
	}
	return db, nil
}

// CheckPath returns an error when path can't be that of a file: each connection would have a database of its own.
func CheckPath(path string) error {
	switch {
	case path == "":
		return errors.New("the path of the database is empty: name a file")
	case strings.HasPrefix(path, ":"):
		return fmt.Errorf("%s is no file: each connection would have a database of its own", path)
	}
	return nil
}

// source names the file to the driver, for which two slashes begin the name of a host. In WAL mode readers and a writer do not block each other.
func source(path string) string {
	options := url.Values{"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(NORMAL)", "foreign_keys(1)"}, "_txlock": {"immediate"}}
	return "file:" + (&url.URL{Path: filepath.Clean(path)}).EscapedPath() + "?" + options.Encode()
}

// ensure makes the tables unless they are there.
func (t Tables) ensure(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after the commit
	var application int32
	var version, tables int
	row := tx.QueryRowContext(ctx, `SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)
		FROM pragma_application_id, pragma_user_version`)
	if err := row.Scan(&application, &version, &tables); err != nil {
		return err
	}
	switch {
	case application != t.Application && application != 0:
		return errors.New("it is another program's: name another file")
	case version == t.Version:
		return nil
	case version != 0 || tables != 0:
		return fmt.Errorf("its tables are not of version %d: another version of this program made it, move it away", t.Version)
	}
	if err := t.Create(ctx, tx); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf(`PRAGMA application_id = %d; PRAGMA user_version = %d`, t.Application, t.Version)); err != nil {
		return err
	}
	return tx.Commit()
}

// checkDirectory says what is wrong with the directory of a file that can't be opened, in words that SQLite does not have. It
// returns nil when files can be made there.
func checkDirectory(path string) error {
	dir := filepath.Dir(path)
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("the directory %s is missing: make it first", dir)
	case err != nil:
		return err
	case !info.IsDir():
		return fmt.Errorf("%s is no directory", dir)
	}
	probe, err := os.CreateTemp(dir, ".writable-*")
	if err != nil {
		return fmt.Errorf("the directory %s can't be written to: %w", dir, err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}
