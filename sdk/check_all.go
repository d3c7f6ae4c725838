package sdk

import (
	"context"
	"errors"
	"runtime"

	"ms2.internal/lb/sdk/internal/flight"
)

// ValidateAll checks many SIDs and returns their verdicts in the order and number of checks. Each is checked as by
// [Client.Validate], with a deadline of its own; one that can't be answered leaves the zero Verdict, with its SID, in
// its place. The error is nil, or [CheckErrors] with an entry for each of those. opts apply to all checks, tokens among them:
// each is verified once. A check's Version is as by [HasVersion], its Kind as by [OfKind].
//
// Any number may be given: they are sent in batches, at most two batches' worth at a time, so that one large call neither
// fills the memory nor holds up the checks of others.
func (c *Client) ValidateAll(ctx context.Context, checks []Check, opts ...CheckOption) ([]Verdict, error) {
	call := &manyChecks{client: c, checks: checks, verdicts: make([]Verdict, len(checks))}
	large := len(checks) > largeCall
	if large {
		defer c.batcher.LargeCall()()
	}
	var all CheckOption
	all.narrow(opts)
	recalled := 0
	for i, check := range checks {
		want := all.of(check)
		e, origin, renew := c.recall(check.SID, &want)
		if e != nil {
			call.set(i, verdict(check.SID, e, origin), nil, want.kind)
		} else if v, found, err := c.attested(ctx, check.SID, opts, &want, &call.tokens, &renew); found || err != nil {
			call.set(i, v, err, want.kind)
		} else {
			q := want.question(check.SID, renew)
			q.More, q.Large = true, large
			call.join(ctx, i, q)
			continue
		}
		if recalled++; recalled%noticed == 0 {
			c.batcher.Flush() // a check before these hits must not wait for the end of the scan
			runtime.Gosched()
		}
	}
	call.await(ctx, 0)
	call.again(ctx)
	if len(call.failures) == 0 {
		return call.verdicts, nil
	}
	call.failures.sort()
	return call.verdicts, call.failures
}

// noticed is how many hits in a row the cache can take note of: without a pause more of them would look as if nobody asked.
const noticed = 16

// largeCall is how many checks one call may have whose checks are treated as single ones.
const largeCall = 64

// manyChecks is one call of [Client.ValidateAll].
type manyChecks struct {
	client   *Client
	checks   []Check
	verdicts []Verdict
	failures CheckErrors
	tokens   evidence
	line     []waiting // at most two batches' worth
	unplaced []waiting // that were to be asked once more while the line had all places
}

// waiting is a check of many that waits for its flight.
type waiting struct {
	*flight.Waiter
	question
	index int
}

// join puts a check in the line. A line that is full is let go down by a batch, so that what follows
// leaves together.
func (m *manyChecks) join(ctx context.Context, i int, q question) {
	v, w, err := m.client.join(ctx, &q)
	for len(m.line) > 0 && errors.Is(err, ErrOverloaded) { // by this very call, it may be
		m.await(ctx, len(m.line)-1)
		v, w, err = m.client.join(ctx, &q)
	}
	if errors.Is(err, ErrOverloaded) {
		v, err = m.client.overloaded(&q, err)
	}
	if w == nil {
		m.set(i, v, m.tokens.unattested(err), q.kind)
		return
	}
	batch := m.client.config.BatchMax
	if m.line = append(m.line, waiting{w, q, i}); len(m.line) == 2*batch {
		m.await(ctx, batch)
	}
}

// await waits until no more than left checks are in the line, in the order in which they came.
func (m *manyChecks) await(ctx context.Context, left int) {
	m.client.batcher.Flush()
	done := len(m.line) - left
	for i := range m.line[:done] {
		w := &m.line[i]
		v, err := m.client.await(ctx, w.Waiter, &w.question)
		if errors.Is(err, ErrOverloaded) {
			m.unplaced = append(m.unplaced, *w)
		} else {
			m.client.contradicted(v, &m.tokens)
			m.set(w.index, v, m.tokens.unattested(err), w.kind)
		}
	}
	m.line = append(m.line[:0], m.line[done:]...)
}

// again asks for what found no place while the line had them all.
func (m *manyChecks) again(ctx context.Context) {
	unplaced := m.unplaced
	m.unplaced = nil
	for _, w := range unplaced {
		m.join(ctx, w.index, w.question)
	}
	m.await(ctx, 0)
}

// set gives a check its verdict, held to the kind that it requires, or notes why there is none.
func (m *manyChecks) set(i int, v Verdict, err error, kind string) {
	if err == nil {
		v, err = v.ofKind(kind)
	}
	if m.verdicts[i] = v; err != nil {
		m.client.fail(err)
		m.verdicts[i] = Verdict{SID: m.checks[i].SID}
		m.failures = append(m.failures, &CheckError{SID: m.checks[i].SID, Index: i, Err: err})
	}
}
