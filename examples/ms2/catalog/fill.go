package catalog

import (
	"context"
	"database/sql"
	"strings"

	"ms2.internal/lb/examples/ms2/usbids"
	"ms2.internal/lb/examples/sqlite"
)

// application is "ms2".
const application = 0x6d73_32

// tables are filled with the shipped entities. Change the version with them.
var tables = sqlite.Tables{Application: application, Version: 2, Create: fill}

// schema has the SID as the key of the table itself: a check needs no second look from an index into the rows.
const schema = `CREATE TABLE entities (
	sid     TEXT PRIMARY KEY,
	kind    TEXT NOT NULL,
	name    TEXT NOT NULL,
	folded  TEXT NOT NULL, -- the name in lower case, of all alphabets, to search in
	version INTEGER NOT NULL DEFAULT 1,
	retired INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID`

func fill(ctx context.Context, tx *sql.Tx) error {
	if _, err := tx.ExecContext(ctx, schema); err != nil {
		return err
	}
	entities, err := usbids.Entities()
	if err != nil {
		return err
	}
	insert, err := tx.PrepareContext(ctx, `INSERT INTO entities (sid, kind, name, folded) VALUES (?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	defer insert.Close()
	for _, e := range entities {
		if _, err := insert.ExecContext(ctx, e.SID, e.Kind, e.Name, fold(e.Name)); err != nil {
			return err
		}
	}
	return nil
}

// fold makes names that differ only by case equal. SQLite's own lower knows ASCII alone.
func fold(name string) string { return strings.ToLower(name) }
