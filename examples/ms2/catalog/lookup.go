package catalog

import (
	"context"
	"encoding/json"
	"fmt"

	"ms2.internal/lb/sdk/protocol"
)

// Lookup returns what is known of the SIDs, as [protocol.Store] asks. The one prepared query takes all of them as a JSON
// array: a list of placeholders would need a statement for each length.
func (c *Catalog) Lookup(ctx context.Context, sids []string) (map[string]protocol.Entity, error) {
	list, err := json.Marshal(sids)
	if err != nil {
		return nil, fmt.Errorf("catalog: lookup: %w", err)
	}
	rows, err := c.lookup.QueryContext(ctx, string(list))
	if err != nil {
		return nil, fmt.Errorf("catalog: lookup: %w", err)
	}
	defer rows.Close()
	found := make(map[string]protocol.Entity, len(sids))
	for rows.Next() {
		var sid string
		var e protocol.Entity
		if err := rows.Scan(&sid, &e.Kind, &e.Version, &e.Retired); err != nil {
			return nil, fmt.Errorf("catalog: lookup: %w", err)
		}
		found[sid] = e
	}
	if err := rows.Err(); err != nil { // some may be missing: no answer, rather than a wrong one
		return nil, fmt.Errorf("catalog: lookup: %w", err)
	}
	return found, nil
}
