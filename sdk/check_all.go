package sdk

import (
	"context"
	"errors"
)

// ValidateAll checks many SIDs and returns their verdicts in the order and number of checks. Each is checked as by
// [Client.Validate], with a deadline of its own; one that can't be answered leaves the zero Verdict, with its SID, in
// its place. The error is nil, or [CheckErrors] with an entry for each of those. opts apply to all checks, and a check's
// Version as by [HasVersion].
//
// Any number may be given: they are sent in batches, at most two batches' worth at a time, so that one large call neither
// fills the memory nor holds up the checks of others.
func (c *Client) ValidateAll(ctx context.Context, checks []Check, opts ...CheckOption) ([]Verdict, error) {
	verdicts := make([]Verdict, len(checks))
	var failures CheckErrors
	set := func(i int, v Verdict, err error) {
		if verdicts[i] = v; err != nil {
			c.counters.fail(err)
			verdicts[i] = Verdict{SID: checks[i].SID}
			failures = append(failures, &CheckError{SID: checks[i].SID, Index: i, Err: err})
		}
	}
	type waiting struct {
		pending
		index int
	}
	var line []waiting
	next := func() {
		v, err := c.await(ctx, line[0].pending)
		set(line[0].index, v, err)
		line = line[1:]
	}
	for i, check := range checks {
		q := question{sid: check.SID, CheckOption: narrowed(opts, check.Version)}
		v, p, err := c.begin(ctx, q)
		for len(line) > 0 && errors.Is(err, ErrOverloaded) { // by this very call, it may be
			next()
			v, p, err = c.begin(ctx, q)
		}
		if p.flight == nil {
			set(i, v, err)
			continue
		}
		if line = append(line, waiting{p, i}); len(line) == 2*c.config.BatchMax {
			next()
		}
	}
	for len(line) > 0 {
		next()
	}
	if len(failures) == 0 {
		return verdicts, nil
	}
	failures.sort()
	return verdicts, failures
}
