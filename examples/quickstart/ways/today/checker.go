// Package today is how an MS1 checks SIDs without the SDK, as a careful engineer writes it: a GET for each SID at one MS2 over
// connections that are kept, the SIDs of an order at the same time, and each answer kept for as long as its Cache-Control says and
// asked about by its ETag afterwards. The other ways are measured against it.
package today

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

const (
	// patience is how long one request to MS2 may take.
	patience = 2 * time.Second

	// atOnce is how many SIDs of one order are asked at the same time.
	atOnce = 16

	// connections are kept to MS2, so many while nothing needs them.
	connections = 64
)

// Checker is a [middleware.Checker] of package sdk/middleware. Its methods may be called concurrently.
type Checker struct {
	base     string
	client   *http.Client
	kept     *memory
	requests atomic.Int64
}

// New returns a Checker that asks the MS2 at base, such as http://127.0.0.1:8082. Close it when done.
func New(base string) *Checker {
	transport := &http.Transport{MaxIdleConnsPerHost: connections, IdleConnTimeout: time.Minute, ResponseHeaderTimeout: patience}
	return &Checker{base: base, client: &http.Client{Timeout: patience, Transport: transport}, kept: newMemory(capacity)}
}

// Close closes the connections that are not in use.
func (c *Checker) Close() error {
	c.client.CloseIdleConnections()
	return nil
}

// Requests is how many were sent to MS2.
func (c *Checker) Requests() int64 { return c.requests.Load() }

// ValidateAll checks each SID, and asks for the same one once. It knows no options, attestations and versions. The error is
// [sdk.CheckErrors].
func (c *Checker) ValidateAll(ctx context.Context, checks []sdk.Check, _ ...sdk.CheckOption) ([]sdk.Verdict, error) {
	results := map[string]*result{}
	var group errgroup.Group
	group.SetLimit(atOnce)
	for _, check := range checks {
		if results[check.SID] != nil {
			continue
		}
		r := &result{}
		results[check.SID] = r
		if r.recall(c.kept, check.SID) {
			continue
		}
		group.Go(func() error {
			r.verdict, r.err = c.ask(ctx, check.SID)
			return nil
		})
	}
	_ = group.Wait() // each result has its own error
	return collect(checks, results)
}

// result is what became of one SID.
type result struct {
	verdict sdk.Verdict
	err     error
}

// recall reports whether the SID needs no request.
func (r *result) recall(m *memory, sid string) bool {
	if err := protocol.CheckSID(sid); err != nil {
		r.err = fmt.Errorf("%w: %w", sdk.ErrMalformedSID, err)
		return true
	}
	kept, ok := m.get(sid)
	if !ok || !time.Now().Before(kept.expires) {
		return false
	}
	r.verdict = kept.verdict(sid, sdk.Cached)
	return true
}

// collect puts the results into the order of the checks.
func collect(checks []sdk.Check, results map[string]*result) ([]sdk.Verdict, error) {
	verdicts := make([]sdk.Verdict, len(checks))
	var failed sdk.CheckErrors
	for i, check := range checks {
		r := results[check.SID]
		verdicts[i] = r.verdict
		if r.err != nil {
			failed = append(failed, &sdk.CheckError{SID: check.SID, Index: i, Err: r.err})
		}
	}
	if len(failed) > 0 {
		return verdicts, failed
	}
	return verdicts, nil
}
