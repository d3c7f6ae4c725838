package catalog

import (
	"context"
	"database/sql"

	"ms2.internal/lb/examples/ms2/usbids"
)

// schema has the SID as the key of the table itself: a check needs no second look from an index into the rows.
const schema = `CREATE TABLE IF NOT EXISTS entities (
	sid     TEXT PRIMARY KEY,
	kind    TEXT NOT NULL,
	name    TEXT NOT NULL,
	version INTEGER NOT NULL DEFAULT 1,
	retired INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID`

// fill creates the table and loads the shipped entities into it, unless it holds some already.
func (c *Catalog) fill(ctx context.Context) error {
	tx, err := c.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after the commit
	if _, err := tx.ExecContext(ctx, schema); err != nil {
		return err
	}
	var filled bool
	if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM entities)`).Scan(&filled); err != nil {
		return err
	}
	if !filled {
		if err := load(ctx, tx); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func load(ctx context.Context, tx *sql.Tx) error {
	entities, err := usbids.Entities()
	if err != nil {
		return err
	}
	insert, err := tx.PrepareContext(ctx, `INSERT INTO entities (sid, kind, name) VALUES (?, ?, ?)`)
	if err != nil {
		return err
	}
	defer insert.Close()
	for _, e := range entities {
		if _, err := insert.ExecContext(ctx, e.SID, e.Kind, e.Name); err != nil {
			return err
		}
	}
	return nil
}
