// Package catalog is the store of the demonstration's MS2: SQLite, filled at first start with what package usbids ships.
//
// Its part in the wire contract is [Catalog.Lookup]: one prepared query answers a whole batch. [Catalog.Entity] and
// [Catalog.List] serve the data that browsers show.
package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"

	_ "modernc.org/sqlite" // the driver, in pure Go
)

// ErrUnknown is wrapped by the error for an SID that is not there, or retired.
var ErrUnknown = errors.New("unknown SID")

// Entity is what MS2 tells of one SID.
type Entity struct {
	SID     string `json:"sid"`
	Kind    string `json:"kind"` // vendor or product
	Name    string `json:"name"`
	Version string `json:"version"` // another one whenever the entity changes

	// Attestation is MS2's signature under all that, where it was asked for; the catalog does not keep it.
	Attestation string `json:"attestation,omitempty"`
}

// Catalog is an open store. Its methods may be called concurrently.
type Catalog struct {
	db     *sql.DB
	lookup *sql.Stmt
}

// readers is how many queries run at once: SQLite's are bound by the processor, and more only fight over it.
const readers = 4

// Open opens the store in a file and creates and fills it when it is new, in one transaction, so that a start that was cut
// off leaves none rather than half of one. Close it when done.
func Open(ctx context.Context, path string) (*Catalog, error) {
	db, err := sql.Open("sqlite", dataSource(path))
	if err != nil {
		return nil, fmt.Errorf("catalog %s: %w", path, err)
	}
	db.SetMaxOpenConns(readers)
	db.SetMaxIdleConns(readers)
	c := &Catalog{db: db}
	if err := c.prepare(ctx); err != nil {
		_ = db.Close() // what went wrong before matters more
		return nil, fmt.Errorf("catalog %s: %w", path, err)
	}
	return c, nil
}

// dataSource names the file to the driver. Readers and a writer do not block each other in WAL mode.
func dataSource(path string) string {
	options := url.Values{"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(NORMAL)"}, "_txlock": {"immediate"}}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + options.Encode()
}

func (c *Catalog) prepare(ctx context.Context) error {
	if err := c.fill(ctx); err != nil {
		return err
	}
	var err error
	c.lookup, err = c.db.PrepareContext(ctx, `SELECT sid, kind, version, retired FROM entities WHERE sid IN (SELECT value FROM json_each(?))`)
	return err
}

// Ping says whether the store can be read.
func (c *Catalog) Ping(ctx context.Context) error {
	var one int
	return c.db.QueryRowContext(ctx, `SELECT 1 FROM entities LIMIT 1`).Scan(&one)
}

// Close closes the store. Calls under way may fail.
func (c *Catalog) Close() error { return c.db.Close() }
