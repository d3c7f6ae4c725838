package orders

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"time"

	_ "modernc.org/sqlite" // the driver, in pure Go
)

// ErrNotFound is wrapped by the error for an order that is not there.
var ErrNotFound = errors.New("no such order")

// Store keeps orders in SQLite. Its methods may be called concurrently.
type Store struct{ db *sql.DB }

const schema = `
CREATE TABLE IF NOT EXISTS orders (
	id       TEXT PRIMARY KEY,
	created  INTEGER NOT NULL, -- milliseconds since 1970
	customer TEXT NOT NULL,
	note     TEXT NOT NULL,
	source   TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS lines (
	order_id        TEXT NOT NULL REFERENCES orders (id),
	number          INTEGER NOT NULL,
	product_sid     TEXT NOT NULL,
	product_name    TEXT NOT NULL,
	product_version TEXT NOT NULL,
	vendor_sid      TEXT NOT NULL,
	vendor_name     TEXT NOT NULL,
	quantity        INTEGER NOT NULL,
	PRIMARY KEY (order_id, number)
) WITHOUT ROWID;`

// OpenStore opens the orders in a file, which is made when it is not there. Close it when done.
func OpenStore(ctx context.Context, path string) (*Store, error) {
	options := url.Values{"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(NORMAL)", "foreign_keys(1)"}, "_txlock": {"immediate"}}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+options.Encode())
	if err != nil {
		return nil, fmt.Errorf("orders in %s: %w", path, err)
	}
	db.SetMaxOpenConns(1) // SQLite writes one transaction at a time: let them queue here, where each caller's context counts
	if _, err := db.ExecContext(ctx, schema); err != nil {
		_ = db.Close() // what went wrong before matters more
		return nil, fmt.Errorf("orders in %s: %w", path, err)
	}
	return &Store{db}, nil
}

// Close closes the store.
func (s *Store) Close() error { return s.db.Close() }

// Add stores an order in one transaction, and returns it with the ID and time that it got.
func (s *Store) Add(ctx context.Context, o Order) (Order, error) {
	o.ID, o.Created = rand.Text(), time.Now().UTC().Truncate(time.Millisecond)
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return Order{}, fmt.Errorf("adding an order: %w", err)
	}
	defer tx.Rollback() // does nothing after the commit
	if err := insert(ctx, tx, o); err != nil {
		return Order{}, fmt.Errorf("adding an order: %w", err)
	}
	return o, tx.Commit()
}

func insert(ctx context.Context, tx *sql.Tx, o Order) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO orders (id, created, customer, note, source) VALUES (?, ?, ?, ?, ?)`,
		o.ID, o.Created.UnixMilli(), o.Customer, o.Note, o.Source)
	if err != nil {
		return err
	}
	for i, l := range o.Lines {
		_, err := tx.ExecContext(ctx, `INSERT INTO lines (order_id, number, product_sid, product_name, product_version,
			vendor_sid, vendor_name, quantity) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			o.ID, i, l.Product.SID, l.Product.Name, l.Product.Version, l.Vendor.SID, l.Vendor.Name, l.Quantity)
		if err != nil {
			return err
		}
	}
	return nil
}
