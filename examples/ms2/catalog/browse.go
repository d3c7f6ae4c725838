package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Entity returns one entity. The error wraps [ErrUnknown] when there is none, or when it is retired.
func (c *Catalog) Entity(ctx context.Context, sid string) (Entity, error) {
	e := Entity{SID: sid}
	row := c.db.QueryRowContext(ctx, `SELECT kind, name, version FROM entities WHERE sid = ? AND NOT retired`, sid)
	err := row.Scan(&e.Kind, &e.Name, &e.Version)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Entity{}, fmt.Errorf("catalog: %q: %w", sid, ErrUnknown)
	case err != nil:
		return Entity{}, fmt.Errorf("catalog: %q: %w", sid, err)
	}
	return e, nil
}

// Filter says which entities to list. The zero Filter means all.
type Filter struct {
	// Prefix is what the SIDs begin with.
	Prefix string

	// Kind is vendor or product; "" means both.
	Kind string

	// Name is what the names contain, whatever the case.
	Name string
}

// beyond ends the range of a prefix: SIDs are ASCII, and this is the greatest of it.
const beyond = "\x7f"

// List returns the first entities, at most limit, in the order of their SIDs, without the retired ones. It returns an
// empty list, not nil, when there are none.
func (c *Catalog) List(ctx context.Context, f Filter, limit int) ([]Entity, error) {
	rows, err := c.db.QueryContext(ctx, `SELECT sid, kind, name, version FROM entities
		WHERE sid >= ?1 AND sid < ?2 AND NOT retired AND (?3 = '' OR kind = ?3) AND instr(folded, ?4) > 0 ORDER BY sid LIMIT ?5`,
		f.Prefix, f.Prefix+beyond, f.Kind, fold(f.Name), limit)
	if err != nil {
		return nil, fmt.Errorf("catalog: list: %w", err)
	}
	defer rows.Close()
	entities := []Entity{}
	for rows.Next() {
		var e Entity
		if err := rows.Scan(&e.SID, &e.Kind, &e.Name, &e.Version); err != nil {
			return nil, fmt.Errorf("catalog: list: %w", err)
		}
		entities = append(entities, e)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("catalog: list: %w", err)
	}
	return entities, nil
}
