package replica

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync/atomic"

	"ms2.internal/lb/examples/ms2/catalog"
	"ms2.internal/lb/sdk/protocol"
)

// counts are what was asked of the replica since it started: a demonstration tells by them who asked whom.
type counts struct {
	checks atomic.Int64 // requests at the batch door and the single one
	sids   atomic.Int64 // that these asked about
	keys   atomic.Int64 // requests for the keys of attestations
	pages  atomic.Int64 // requests for the data that browsers show
}

// ServeHTTP tells them.
func (c *counts) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(map[string]int64{ // the reader left
		"checks": c.checks.Load(), "sids": c.sids.Load(), "keys": c.keys.Load(), "pages": c.pages.Load(),
	})
}

// doors counts the requests that go to the wire's handler.
func (c *counts) doors(wire http.Handler) http.Handler {
	single := strings.TrimSuffix(protocol.PathSingle, "{sid}")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch path := r.URL.Path; {
		case path == protocol.PathBatch, strings.HasPrefix(path, single):
			c.checks.Add(1)
		case path == protocol.PathKeys:
			c.keys.Add(1)
		}
		wire.ServeHTTP(w, r)
	})
}

// data counts the requests that go to the pages, without those that only ask what a page of another origin may do.
func (c *counts) data(pages http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodOptions {
			c.pages.Add(1)
		}
		pages.ServeHTTP(w, r)
	})
}

// countedStore counts the SIDs that the doors look up.
type countedStore struct {
	*catalog.Catalog
	counts *counts
}

// Lookup is [catalog.Catalog.Lookup].
func (s countedStore) Lookup(ctx context.Context, sids []string) (map[string]protocol.Entity, error) {
	s.counts.sids.Add(int64(len(sids)))
	return s.Catalog.Lookup(ctx, sids)
}
