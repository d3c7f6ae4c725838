package fleet

import (
	"context"
	"encoding/json"
	"fmt"
)

// Counts is what MS2 was asked since it started.
type Counts struct {
	// Checks are HTTP requests at the doors for checks, and SIDs what they asked for.
	Checks int64 `json:"checks"`
	SIDs   int64 `json:"sids"`

	// Keys are requests for the key set, and Pages those for entities, as browsers and the gateway make them.
	Keys  int64 `json:"keys"`
	Pages int64 `json:"pages"`
}

// Counts is the sum over the replicas that run. A killed one takes its counts with it, and begins at nothing when it is
// started again.
func (f *Fleet) Counts(ctx context.Context) (total Counts, err error) {
	for _, r := range f.Replicas {
		if !r.process.Load().Running() {
			continue
		}
		one, err := r.Counts(ctx)
		if err != nil {
			return Counts{}, err
		}
		total.Checks += one.Checks
		total.SIDs += one.SIDs
		total.Keys += one.Keys
		total.Pages += one.Pages
	}
	return total, nil
}

// Counts is what this replica was asked since it started.
func (r *Replica) Counts(ctx context.Context) (Counts, error) {
	var c Counts
	if err := r.fleet.read(ctx, "http://"+r.Addr+"/counts", &c); err != nil {
		return c, fmt.Errorf("counts of %s: %w", r.Name, err)
	}
	return c, nil
}

// read reads JSON from a process.
func (f *Fleet) read(ctx context.Context, url string, value any) error {
	response, err := f.get(ctx, url)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	return json.NewDecoder(response.Body).Decode(value)
}
