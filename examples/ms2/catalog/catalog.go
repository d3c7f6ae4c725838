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

	"ms2.internal/lb/examples/sqlite"
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

// Open opens the store in a file and creates and fills it when it is new. The error names the file. Close it when done.
func Open(ctx context.Context, path string) (*Catalog, error) {
	db, err := sqlite.Open(ctx, path, readers, tables)
	if err != nil {
		return nil, err
	}
	c := &Catalog{db: db}
	c.lookup, err = db.PrepareContext(ctx, `SELECT sid, kind, version, retired FROM entities WHERE sid IN (SELECT value FROM json_each(?))`)
	if err != nil {
		_ = db.Close() // what went wrong before matters more
		return nil, fmt.Errorf("catalog %s: %w", path, err)
	}
	return c, nil
}

// Ping returns an error when the store can't be read.
func (c *Catalog) Ping(ctx context.Context) error {
	var one int
	return c.db.QueryRowContext(ctx, `SELECT 1 FROM entities LIMIT 1`).Scan(&one)
}

// Close closes the store. Calls under way may fail.
func (c *Catalog) Close() error { return c.db.Close() }
