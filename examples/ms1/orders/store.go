package orders

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"ms2.internal/lb/examples/sqlite"
)

// ErrNotFound is wrapped by the error for an order that is not there.
var ErrNotFound = errors.New("no such order")

// Store keeps orders in SQLite. Its methods may be called concurrently.
type Store struct {
	db          *sql.DB
	order, line *sql.Stmt // that insert
}

// application is "ms1".
const application = 0x6d73_31

// tables are those of the store. Change the version with them.
var tables = sqlite.Tables{Application: application, Version: 2, Create: func(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, schema)
	return err
}}

const schema = `
CREATE TABLE orders (
	id       TEXT PRIMARY KEY,
	created  INTEGER NOT NULL, -- milliseconds since 1970
	user     TEXT NOT NULL,
	customer TEXT NOT NULL,
	note     TEXT NOT NULL,
	source   TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE lines (
	order_id        TEXT NOT NULL REFERENCES orders (id),
	number          INTEGER NOT NULL,
	product_sid     TEXT NOT NULL,
	product_name    TEXT NOT NULL,
	product_version TEXT NOT NULL,
	vendor_sid      TEXT NOT NULL,
	vendor_name     TEXT NOT NULL,
	vendor_version  TEXT NOT NULL,
	quantity        INTEGER NOT NULL,
	PRIMARY KEY (order_id, number)
) WITHOUT ROWID;`

// writers is one: SQLite writes one transaction at a time, so let them queue here, where each caller's context counts.
const writers = 1

// OpenStore opens the orders in a file, which is made when it is not there. The error names the file. Close it when done.
func OpenStore(ctx context.Context, path string) (*Store, error) {
	db, err := sqlite.Open(ctx, path, writers, tables)
	if err != nil {
		return nil, err
	}
	s := &Store{db: db}
	if err := s.prepare(ctx); err != nil {
		_ = db.Close() // what went wrong before matters more
		return nil, fmt.Errorf("orders in %s: %w", path, err)
	}
	return s, nil
}

func (s *Store) prepare(ctx context.Context) (err error) {
	s.order, err = s.db.PrepareContext(ctx, `INSERT INTO orders (id, created, user, customer, note, source) VALUES (?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	s.line, err = s.db.PrepareContext(ctx, `INSERT INTO lines (order_id, number, product_sid, product_name, product_version,
		vendor_sid, vendor_name, vendor_version, quantity) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	return err
}

// Close closes the store.
func (s *Store) Close() error { return s.db.Close() }

// Add stores an order of a user in one transaction, and returns it with the ID and time that it got.
func (s *Store) Add(ctx context.Context, user string, o Order) (Stored, error) {
	stored := Stored{ID: rand.Text(), Created: time.Now().UTC().Truncate(time.Millisecond), User: user, Order: o}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return Stored{}, fmt.Errorf("adding an order: %w", err)
	}
	defer tx.Rollback() // does nothing after the commit
	if err := s.insert(ctx, tx, stored); err != nil {
		return Stored{}, fmt.Errorf("adding an order: %w", err)
	}
	return stored, tx.Commit()
}

func (s *Store) insert(ctx context.Context, tx *sql.Tx, o Stored) error {
	_, err := tx.StmtContext(ctx, s.order).ExecContext(ctx, o.ID, o.Created.UnixMilli(), o.User, o.Customer, o.Note, o.Source)
	if err != nil {
		return err
	}
	line := tx.StmtContext(ctx, s.line)
	for i, l := range o.Lines {
		_, err := line.ExecContext(ctx, o.ID, i, l.Product.SID, l.Product.Name, l.Product.Version,
			l.Vendor.SID, l.Vendor.Name, l.Vendor.Version, l.Quantity)
		if err != nil {
			return err
		}
	}
	return nil
}
