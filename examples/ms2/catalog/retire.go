package catalog

import (
	"context"
	"fmt"
)

// Retire makes SIDs invalid for good, all of them or, when one is unknown, none. Each gets another version. One that is
// retired already stays as it is.
func (c *Catalog) Retire(ctx context.Context, sids ...string) error {
	tx, err := c.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("catalog: retire: %w", err)
	}
	defer tx.Rollback() // does nothing after the commit
	for _, sid := range sids {
		result, err := tx.ExecContext(ctx, `UPDATE entities SET version = version + 1 - retired, retired = 1 WHERE sid = ?`, sid)
		if err != nil {
			return fmt.Errorf("catalog: retire %q: %w", sid, err)
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return fmt.Errorf("catalog: retire %q: %w", sid, ErrUnknown)
		}
	}
	return tx.Commit()
}
